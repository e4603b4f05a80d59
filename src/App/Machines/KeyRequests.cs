using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Machines;

/// <summary>A key as it is asked for over the API.</summary>
/// <param name="Id">UUID made by the caller: the same again asks for nothing new.</param>
/// <param name="Label">Which system it is; no name of a person.</param>
/// <param name="Scopes"><c>uses.write</c>, <c>grants.write</c>, <c>attendance.write</c>, <c>links.read</c>, <c>links.write</c>.</param>
/// <param name="Acceptor">The shop that the system speaks for, needed for <c>uses.write</c>; the service provider, for <c>links.read</c> and <c>links.write</c>; not allowed else.</param>
/// <param name="Networks">CIDR blocks it may come from; left out: anywhere.</param>
/// <param name="ValidDays">1 to 365.</param>
/// <param name="Machine">A system that has a key already and gets its next one.</param>
public sealed record WantedKey(Guid Id, string Label, IReadOnlyList<string> Scopes, Guid? Acceptor, IReadOnlyList<string>? Networks, int ValidDays, Guid? Machine = null);

/// <summary>Keys of machines as an office, or the operator of the platform, sees and handles them (V-D1). Another municipality's are <c>not_found</c>.</summary>
public sealed class KeyRequests(MachineKeys keys, IssueMachineKey issue, RegistryCache registry)
{
    public async Task<Result<MachineKey[]>> Keys(StaffAtWork work, CancellationToken stop) =>
        Require(work).Refused is { } no ? no : (await keys.All(work.Town?.Code, stop)).ToArray();

    public async Task<Result<MachineKey>> Key(StaffAtWork work, Guid id, CancellationToken stop)
    {
        if (Require(work).Refused is { } no) return no;
        return await keys.Get(id, stop) is { } key && (work.Town is null || key.Municipality == work.Town.Code) ? key : Refusal.Of("not_found");
    }

    public async Task<Result<WaitingMachineKey[]>> Waiting(StaffAtWork work, CancellationToken stop) =>
        Require(work).Refused is { } no ? no : (await issue.Waiting(work.Town?.Code, stop)).ToArray();

    /// <returns>As <see cref="IssueMachineKey.Ask"/>, and <c>not_found</c> for a shop of somebody else.</returns>
    public async Task<Result<MachineKeyAsked>> Ask(StaffAtWork work, WantedKey wanted, CancellationToken stop)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        if (wanted.Acceptor is { } holder && Where(await registry.View(), wanted, holder) != work.Office.Code) return Refusal.Of("not_found");
        return await issue.Ask(work.Member, work.Session, new NewMachineKey(wanted.Id, wanted.Machine is { } m ? new MachineId(m) : null, work.Office.Code, wanted.Acceptor, wanted.Label,
            wanted.Scopes ?? [], wanted.Networks ?? [], wanted.ValidDays), stop);
    }

    /// <returns>As <see cref="IssueMachineKey.Approve"/>.</returns>
    public async Task<Result<MachineKeyAsked>> Approve(StaffAtWork work, Guid id, CancellationToken stop) =>
        await Ours(work, id, stop) is { } no ? no : await issue.Approve(work.Member, work.Session, id, stop);

    /// <returns>As <see cref="IssueMachineKey.Refuse"/>.</returns>
    public async Task<Result<bool>> Refuse(StaffAtWork work, Guid id, CancellationToken stop) =>
        await Ours(work, id, stop) is { } no ? no : await issue.Refuse(work.Member, id, stop);

    /// <returns>As <see cref="MachineKeys.Revoke"/>.</returns>
    public async Task<Result<bool>> Revoke(StaffAtWork work, Guid id, string? reason, CancellationToken stop)
    {
        var key = await Key(work, id, stop);
        return key.Refused is { } no ? no : await keys.Revoke(work.Member, id, reason, stop);
    }

    private static MunicipalityCode? Where(RegistryView view, WantedKey wanted, Guid holder) => wanted.Scopes?.Any(s => MachineScopes.OfProviders.Contains(s)) == true
        ? view.Find(new ServiceProviderId(holder))?.Municipality : view.Find(new AcceptorId(holder))?.Municipality;

    private async Task<Refusal?> Ours(StaffAtWork work, Guid id, CancellationToken stop)
    {
        var waiting = await Waiting(work, stop);
        return waiting.Refused ?? (waiting.Value.Any(w => w.Wanted.Id == id) ? null : Refusal.Of("not_found"));
    }

    private static Result<StaffMember> Require(StaffAtWork work) => work.Require(work.Town is null ? Role.Operator : Role.TerminalAdmin);
}
