using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Staffing;

/// <param name="Roles">As <c>officer@132985</c>; of the platform <c>operator</c>.</param>
/// <param name="State"><c>invited</c>, <c>active</c> or <c>ended</c>.</param>
public sealed record StaffReply(Guid Id, string Number, string State, IReadOnlyList<string> Roles)
{
    public static StaffReply Of(StaffMember m) => new(m.Id.Value, m.Number, Words<StaffState>.Of(m.State),
        [.. m.Roles.Select(r => r.Municipality is { } code ? $"{Words<Role>.Of(r.Role)}@{code.Value}" : Words<Role>.Of(r.Role))]);
}

/// <param name="Applied">False while the change waits for a second person.</param>
/// <param name="EnrolUrl">After an invitation; shown once.</param>
/// <param name="InvitationCode">Of an invitation that waits: 6 digits for whoever proposed it, needed to enrol beside the address that the other one is shown.</param>
public sealed record StaffChangeReply(Guid Change, bool Applied, Guid? Staff, string? EnrolUrl, string? InvitationCode);

public sealed record WaitingChangeReply(Guid Id, Guid Maker, string Kind, Guid? Staff, string? Number, string? Role, string? Municipality, long MadeMs)
{
    public static WaitingChangeReply Of(OpenStaffChange c) => new(c.Id, c.Maker.Value, Words<StaffChangeKind>.Of(c.Change.Kind), c.Change.Staff?.Value, c.Change.Number,
        c.Change.Role is { } role ? Words<Role>.Of(role) : null, c.Change.Municipality?.Value, c.MadeMs);
}

/// <summary>Staff for machines, under <c>/api/v1/operator/staff</c> and <c>/api/v1/office/staff</c>.</summary>
public static class StaffEndpoint
{
    public static void AddStaffing(this WebApplicationBuilder builder) => builder.Services.AddSingleton<StaffChanges>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 80, "職員", "/office/staff", Role.StaffAdmin))
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 80, "職員", "/operator/staff"));

    public static void MapStaffing(this WebApplication app)
    {
        foreach (var door in new[] { StaffDoor.Office, StaffDoor.Operator })
        {
            var group = app.MapGroup($"/api/v1{door.Home}/staff");
            group.MapGet("", (HttpContext context, StaffChanges changes, CancellationToken stop) => Members(door, context, changes, stop));
            group.MapPost("", (WantedChange request, HttpContext context, StaffChanges changes, CancellationToken stop) =>
                Changed(door, context, changes, work => changes.Propose(work, request, stop), stop));
            group.MapGet("/changes", (HttpContext context, StaffChanges changes, CancellationToken stop) => Waiting(door, context, changes, stop));
            group.MapPost("/changes/{id:guid}/approve", (Guid id, HttpContext context, StaffChanges changes, CancellationToken stop) =>
                Changed(door, context, changes, work => changes.Approve(work, id, stop), stop));
            group.MapPost("/changes/{id:guid}/refuse", (Guid id, HttpContext context, StaffChanges changes, CancellationToken stop) => Refuse(door, id, context, changes, stop));
        }
    }

    private static async Task<Answer<StaffReply[]>> Members(StaffDoor door, HttpContext context, StaffChanges changes, CancellationToken stop) =>
        (await context.At(door, work => changes.Members(work, stop))).Then<StaffReply[]>(all => all.Select(StaffReply.Of).ToArray());

    private static async Task<Answer<WaitingChangeReply[]>> Waiting(StaffDoor door, HttpContext context, StaffChanges changes, CancellationToken stop) =>
        (await context.At(door, work => changes.Waiting(work, stop))).Then<WaitingChangeReply[]>(all => all.Select(WaitingChangeReply.Of).ToArray());

    private static async Task<Answer<bool>> Refuse(StaffDoor door, Guid id, HttpContext context, StaffChanges changes, CancellationToken stop) =>
        await context.At(door, work => changes.Refuse(work, id, stop));

    private static async Task<Answer<StaffChangeReply>> Changed(StaffDoor door, HttpContext context, StaffChanges changes, Func<StaffAtWork, Task<Result<StaffChanged>>> change, CancellationToken stop) =>
        await context.At<StaffChangeReply>(door, async work =>
        {
            var done = await change(work);
            if (done.Refused is { } no) return no;
            var member = done.Value is { EnrolToken: not null, Staff: { } id } ? (await changes.Member(work, id, stop)).Value : null;
            return new StaffChangeReply(done.Value.Change, done.Value.Applied, done.Value.Staff?.Value, StaffChanges.EnrolUrl(context, member, done.Value.EnrolToken), done.Value.EnrolCode);
        });
}
