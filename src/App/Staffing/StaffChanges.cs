using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Staffing;

/// <summary>What somebody wants to change, as it is typed.</summary>
/// <param name="Kind"><c>invite</c>, <c>give_role</c>, <c>take_role</c>, <c>end</c> or <c>invite_again</c>.</param>
/// <param name="Municipality">Code; an office's own is meant where it is empty.</param>
public sealed record WantedChange(Guid Id, string? Kind, Guid? Staff, string? Number, string? Role, string? Municipality);

/// <summary>Staff and their roles as the operator, or the StaffAdmin of an office, sees and changes them (V-D3).</summary>
public sealed class StaffChanges(ChangeStaff change, FindStaff find, InvitationCodes codes, RegistryCache registry)
{
    /// <returns>The office's own members, or all; <c>role_forbidden</c>.</returns>
    public async Task<Result<StaffMember[]>> Members(StaffAtWork work, CancellationToken stop) =>
        Require(work).Refused is { } no ? no : (await find.All(work.Town?.Code, stop)).ToArray();

    public async Task<Result<StaffMember>> Member(StaffAtWork work, StaffId id, CancellationToken stop)
    {
        var members = await Members(work, stop);
        if (members.Refused is { } no) return no;
        return members.Value.FirstOrDefault(m => m.Id == id) is { } member ? member : Refusal.Of("not_found");
    }

    /// <summary>Changes that wait for a second person.</summary>
    public async Task<Result<OpenStaffChange[]>> Waiting(StaffAtWork work, CancellationToken stop)
    {
        var members = await Members(work, stop);
        if (members.Refused is { } no) return no;
        var ours = members.Value.Select(m => m.Id).ToHashSet();
        return (await change.Waiting(stop)).Where(c => work.Town is null || c.Change.Municipality == work.Town.Code || c.Change.Role is null && ours.Contains(c.Change.Staff!.Value)).ToArray();
    }

    /// <summary>The digits of the invitations that whoever works here proposed: nobody else sees them.</summary>
    public async Task<Result<InvitationCode[]>> Codes(StaffAtWork work, CancellationToken stop) =>
        Require(work).Refused is { } no ? no : (await codes.Of(work.Member, stop)).ToArray();

    /// <returns>As <see cref="ChangeStaff.Propose"/>, and <c>field_required</c> (field), <c>municipality_unknown</c>.</returns>
    public async Task<Result<StaffChanged>> Propose(StaffAtWork work, WantedChange wanted, CancellationToken stop)
    {
        if (Require(work).Refused is { } no) return no;
        if (Words<StaffChangeKind>.Find(wanted.Kind ?? "") is not { } kind) return Refusal.Of("field_required", ("field", "kind"));
        var withRole = kind is StaffChangeKind.Invite or StaffChangeKind.GiveRole or StaffChangeKind.TakeRole;
        Role? role = withRole ? Words<Role>.Find(wanted.Role ?? "") : null;
        if (withRole && role is null) return Refusal.Of("field_required", ("field", "role"));
        MunicipalityCode? place = withRole ? work.Town?.Code : null;
        if (role is { } given && !Roles.IsOfPlatform(given) && place is null)
        {
            var named = (await registry.View()).Resolve(Typed.HalfWidth(wanted.Municipality), "", "");
            if (named.Refused is { } unknown) return unknown;
            place = named.Value.Code;
        }
        return await change.Propose(work.Member, work.Session, new StaffChange(kind, wanted.Staff is { } staff ? new StaffId(staff) : null, wanted.Number, role, place, wanted.Id), stop);
    }

    /// <returns>As <see cref="ChangeStaff.Approve"/>.</returns>
    public async Task<Result<StaffChanged>> Approve(StaffAtWork work, Guid id, CancellationToken stop) =>
        Require(work).Refused is { } no ? no : await change.Approve(work.Member, work.Session, id, stop);

    /// <returns>As <see cref="ChangeStaff.Refuse"/>.</returns>
    public async Task<Result<bool>> Refuse(StaffAtWork work, Guid id, CancellationToken stop) =>
        Require(work).Refused is { } no ? no : await change.Refuse(work.Member, id, stop);

    /// <summary>Where the invited person enrols; null without a token.</summary>
    public static string? EnrolUrl(HttpContext context, StaffMember? member, string? token)
    {
        if (token is null) return null;
        var door = member is null || member.Roles.Any(r => !Roles.IsOfPlatform(r.Role)) ? StaffDoor.Office : StaffDoor.Operator;
        return $"{context.Request.Scheme}://{context.Request.Host}{door.EnrolPath}?token={Uri.EscapeDataString(token)}";
    }

    private static Result<StaffMember> Require(StaffAtWork work) => work.Require(work.Town is null ? Role.Operator : Role.StaffAdmin);
}
