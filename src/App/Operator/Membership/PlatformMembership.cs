using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.Staffing;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Membership;

/// <summary>What is true of an application without anybody's word.</summary>
/// <param name="Municipality">As it is registered now.</param>
public sealed record JoinFacts(Municipality? Municipality, bool IsMember);

/// <summary>What followed from a step.</summary>
/// <param name="EnrolToken">For the first member of staff, when the invitation was approved just now.</param>
/// <param name="EnrolCode">The 6 digits for whoever checked, who tells them to the office.</param>
public sealed record JoinStep(JoinApplication Application, StaffId? Staff, string? EnrolToken, string? EnrolCode);

/// <summary>
/// Applications as operators decide them: one looks and calls the office back, another makes it a member (V-D3). The invitation of the office's first member of staff is the same two steps,
/// so that the address is one operator's and the digits are the other's.
/// </summary>
public sealed class PlatformMembership(DecideJoin joins, StaffChanges changes, RegistryCache registry, FindCapabilities capabilities, SaveCapability save, TimeProvider clock)
{
    public async Task<Result<IReadOnlyList<JoinApplication>>> List(StaffAtWork work, CancellationToken stop) =>
        work.Require(Role.Operator).Refused is { } no ? no : (await joins.List(stop)).ToList();

    public async Task<Result<JoinApplication>> Find(StaffAtWork work, Guid id, CancellationToken stop) =>
        work.Require(Role.Operator).Refused is { } no ? no : await joins.Find(id, stop);

    public async Task<JoinFacts> Facts(JoinApplication application)
    {
        var town = (await registry.View()).Find(application.Municipality);
        return new JoinFacts(town, town?.IsMemberOn(clock.Today()) == true);
    }

    /// <returns>
    /// The step; <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (called, memberOn), <c>not_found</c>, <c>join_decided</c>, and of the invitation <c>number_format</c>,
    /// <c>id_reused</c>, <c>staff_number_taken</c>.
    /// </returns>
    public async Task<Result<JoinStep>> Check(StaffAtWork work, Guid id, JoinCheck check, CancellationToken stop)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused ?? DecideJoin.Read(check)) is { } no) return no;
        var found = await joins.Find(id, stop);
        if (found.Refused is { } gone) return gone;
        if (found.Value.State != JoinState.Applied) return Refusal.Of("join_decided");
        // The invitation has the application's id: whoever breaks off here and comes again invites nobody twice.
        var invited = await changes.Propose(work, new WantedChange(id, "invite", null, check.StaffNumber, "staff_admin", found.Value.Municipality.Value), stop);
        if (invited.Refused is { } noInvitation) return noInvitation;
        var done = await joins.Check(id, check, work.Member.Id, stop);
        // The only operator there is: nobody else could approve, so both steps are one.
        if (done.Ok && invited.Value.Applied) done = await joins.Accept(id, work.Member.Id, alone: true, stop);
        return done.Then<JoinStep>(a => new JoinStep(a, invited.Value.Staff, invited.Value.EnrolToken, invited.Value.EnrolCode));
    }

    /// <returns>The step; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c>, <c>four_eyes</c>, <c>join_decided</c>, and of the invitation <c>staff_number_taken</c>.</returns>
    public async Task<Result<JoinStep>> Accept(StaffAtWork work, Guid id, CancellationToken stop)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } no) return no;
        var done = await joins.Accept(id, work.Member.Id, alone: false, stop);
        if (done.Refused is { } late) return late;
        var waiting = await changes.Waiting(work, stop);
        if (waiting.Refused is { } forbidden) return forbidden;
        // Approved already on the list of staff changes: then its address was shown there.
        if (waiting.Value.All(c => c.Id != id)) return new JoinStep(done.Value, null, null, null);
        var invited = await changes.Approve(work, id, stop);
        return invited.Refused is { } unfit ? unfit : new JoinStep(done.Value, invited.Value.Staff, invited.Value.EnrolToken, null);
    }

    /// <returns>As <see cref="DecideJoin.Reject"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<JoinApplication>> Reject(StaffAtWork work, Guid id, string? reason, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var done = await joins.Reject(id, reason, work.Member.Id, stop);
        if (done.Refused is { } late) return late;
        var waiting = await changes.Waiting(work, stop);
        if (waiting.Ok && waiting.Value.Any(c => c.Id == id) && (await changes.Refuse(work, id, stop)).Refused is { } stays) return stays;
        return done;
    }

    /// <summary>The digits that whoever checked an application tells to the office.</summary>
    public async Task<string?> Code(StaffAtWork work, Guid id, CancellationToken stop)
    {
        var codes = await changes.Codes(work, stop);
        return codes.Ok ? codes.Value.FirstOrDefault(c => c.Change == id)?.Code : null;
    }

    public async Task<IReadOnlyList<Capability>> Capabilities(MunicipalityCode code, CancellationToken stop) => await capabilities.Of(code, stop);

    /// <summary>An operator enters what a municipality that works without our pages takes part in (K-24), as it is told.</summary>
    /// <returns>As <see cref="SaveCapability.Run"/>, and <c>role_forbidden</c>, <c>number_format</c>.</returns>
    public async Task<Result<Capability>> SetCapability(StaffAtWork work, string? code, string? capability, WantedCapability wanted, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var town = (await registry.View()).Resolve(code ?? "", "", "");
        return town.Refused is { } unknown ? unknown : await save.Run(town.Value.Code, capability, wanted, work.Actor, stop);
    }
}
