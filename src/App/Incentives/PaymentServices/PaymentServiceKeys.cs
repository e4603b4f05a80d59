using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.App.PaymentServices;

/// <summary>A key for a system of a payment service.</summary>
/// <param name="Id">UUID made by the caller: the same again asks for nothing new.</param>
/// <param name="Label">Which system it is; no name of a person.</param>
/// <param name="Networks">CIDR blocks it may come from; left out: anywhere.</param>
/// <param name="ValidDays">1 to 365.</param>
/// <param name="Machine">A system that has a key already and gets its next one.</param>
public sealed record WantedServiceKey(Guid Id, string Label, IReadOnlyList<string>? Networks, int ValidDays, Guid? Machine = null);

/// <summary>Keys with which a payment service reads its own orders and reports what earns a premium. Operators ask for them; two people as for every key.</summary>
public sealed class PaymentServiceKeys(FindPaymentServices services, IssueMachineKey issue)
{
    /// <returns>As <see cref="IssueMachineKey.Ask"/>, and <c>not_found</c> for the service.</returns>
    public async Task<Result<MachineKeyAsked>> Ask(StaffAtWork work, PaymentServiceId id, WantedServiceKey wanted, CancellationToken stop) =>
        await services.Find(id, stop) is null ? Refusal.Of("not_found")
        : await issue.Ask(work.Member, work.Session, new NewMachineKey(wanted.Id, wanted.Machine is { } machine ? new MachineId(machine) : null, MunicipalityCode.Pool, id.Value,
            wanted.Label, MachineScopes.OfPaymentServices, wanted.Networks ?? [], wanted.ValidDays), stop);

    /// <summary>The service whose system shows a key.</summary>
    /// <returns><c>key_unknown</c>, <c>rate_limited</c>, <c>role_forbidden</c> for a key of somebody else.</returns>
    public async Task<Result<PaymentService>> Of(HttpContext context, CancellationToken stop, string scope = MachineScopes.PayoutsRead)
    {
        var machine = (await context.Machine()).Then(m => m.Require(scope));
        if (machine.Refused is { } no) return no;
        return await services.Find(new PaymentServiceId(machine.Value.Holder!.Value), stop) is { } service ? service : Refusal.Of("role_forbidden");
    }
}
