using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>A key for a system of a partner.</summary>
/// <param name="Id">UUID made by the caller: the same again asks for nothing new.</param>
/// <param name="Label">Which system it is; no name of a person.</param>
/// <param name="Networks">CIDR blocks it may come from; left out: anywhere.</param>
/// <param name="ValidDays">1 to 365.</param>
/// <param name="Machine">A system that has a key already and gets its next one.</param>
public sealed record WantedPartnerKey(Guid Id, string Label, IReadOnlyList<string>? Networks, int ValidDays, Guid? Machine = null);

/// <summary>It waits for another operator, who approves it under <c>/api/v1/operator/machine-keys</c> and is shown the key.</summary>
public sealed record PartnerKeyReply(Guid Id, Guid Machine);

/// <summary>Keys with which a partner's own system brings coupons and reads what was exchanged. Operators ask for them; two people as for every key.</summary>
public sealed class PartnerKeys(PartnerCache partners, IssueMachineKey issue)
{
    /// <returns>As <see cref="IssueMachineKey.Ask"/>, and <c>not_found</c> for the partner.</returns>
    public async Task<Result<MachineKeyAsked>> Ask(StaffAtWork work, string key, WantedPartnerKey wanted, CancellationToken stop) =>
        (await partners.View()).Find(key) is not { } partner ? Refusal.Of("not_found")
        : await issue.Ask(work.Member, work.Session, new NewMachineKey(wanted.Id, wanted.Machine is { } machine ? new MachineId(machine) : null, MunicipalityCode.Pool, partner.Id.Value,
            wanted.Label, [MachineScopes.CouponsWrite], wanted.Networks ?? [], wanted.ValidDays), stop);

    /// <summary>The partner whose system shows a key.</summary>
    /// <returns><c>key_unknown</c>, <c>rate_limited</c>, <c>role_forbidden</c> for a key of somebody else.</returns>
    public async Task<Result<(Machine Machine, Partner Partner)>> Of(HttpContext context)
    {
        var machine = (await context.Machine()).Then(m => m.Require(MachineScopes.CouponsWrite));
        if (machine.Refused is { } no) return no;
        return (await partners.View()).Find(new PartnerId(machine.Value.Holder!.Value)) is { } partner ? (machine.Value, partner) : Refusal.Of("role_forbidden");
    }
}
