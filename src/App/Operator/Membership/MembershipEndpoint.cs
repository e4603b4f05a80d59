using MyKey.App.Navi.Council;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Membership;

/// <param name="State"><c>applied</c>, <c>checked</c>, <c>member</c> or <c>rejected</c>.</param>
/// <param name="Phone">Of the office, as it was typed: it is called back at its public number, not at this one.</param>
public sealed record JoinApplicationReply(Guid Id, string Municipality, string Name, string State, string Phone, string Mailbox, DateOnly WishedOn, IReadOnlyList<string> Wanted, long MadeMs, string? StaffNumber,
    DateOnly? MemberOn, Guid? CheckedBy, Guid? DecidedBy, string? Reason)
{
    public static JoinApplicationReply Of(JoinApplication a, RegistryView view) => new(a.Id, a.Municipality.Value, view.Find(a.Municipality)?.FullName ?? "", Words<JoinState>.Of(a.State), a.Phone, a.Mailbox, a.WishedOn,
        [.. a.Wanted.Select(k => k.Code)], a.MadeMs, a.StaffNumber, a.MemberOn, a.CheckedBy?.Value, a.DecidedBy?.Value, a.Reason);
}

/// <param name="Called">The office was called back at its public number.</param>
/// <param name="StaffNumber">Of its first member of staff.</param>
public sealed record JoinCheckRequest(bool Called, string? StaffNumber, DateOnly? MemberOn);

public sealed record JoinReason(string? Reason);

/// <param name="InvitationCode">For whoever checked: 6 digits.</param>
/// <param name="EnrolUrl">For whoever approved; shown once.</param>
public sealed record JoinStepReply(Guid Id, string State, DateOnly? MemberOn, string? InvitationCode, string? EnrolUrl);

/// <param name="Municipality">5 or 6 digits, of a member.</param>
/// <param name="Post"><c>chair</c>, <c>vice_chair</c> or <c>auditor</c>.</param>
public sealed record PostRequest(string? Municipality, string? Post, DateOnly? From, DateOnly? Until = null);

/// <param name="MemberUntil">As it is.</param>
/// <param name="Proposal">Waits for another operator; null: the end holds.</param>
public sealed record MembershipEndReply(string Code, DateOnly? MemberFrom, DateOnly? MemberUntil, Guid? Proposal);

/// <summary>Membership for machines of the operators: <c>/api/v1/operator/joining</c>, posts of the council, capabilities of a municipality.</summary>
public static class MembershipEndpoint
{
    public static void AddOperatorMembership(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PlatformMembership>().AddSingleton<AskMembershipEnd>().AddSingleton<IProposed, MembershipEndProposed>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 18, "参加のもうしこみ", "/operator/joining"))
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 21, "協議会の役員", "/operator/council"));

    public static void MapOperatorMembership(this WebApplication app)
    {
        var joining = app.MapGroup("/api/v1/operator/joining");
        joining.MapGet("", List);
        joining.MapPost("/{id:guid}/check", Check);
        joining.MapPost("/{id:guid}/accept", Accept);
        joining.MapPost("/{id:guid}/reject", Reject);
        app.MapPut("/api/v1/operator/council/posts/{id:guid}", Post);
        app.MapPut("/api/v1/operator/municipalities/{code}/capabilities/{capability}", Capability);
        app.MapPost("/api/v1/operator/municipalities/{code}/membership/end", End);
    }

    private static async Task<Answer<JoinApplicationReply[]>> List(HttpContext context, PlatformMembership membership, RegistryCache registry, CancellationToken stop)
    {
        var view = await registry.View();
        return (await context.AtPlatform(work => membership.List(work, stop))).Then<JoinApplicationReply[]>(all => all.Select(a => JoinApplicationReply.Of(a, view)).ToArray());
    }

    private static async Task<Answer<JoinStepReply>> Check(Guid id, JoinCheckRequest request, HttpContext context, PlatformMembership membership, CancellationToken stop) =>
        (await context.AtPlatform(work => membership.Check(work, id, new JoinCheck(request.Called, request.StaffNumber, request.MemberOn), stop))).Then<JoinStepReply>(s => Reply(s, context));

    private static async Task<Answer<JoinStepReply>> Accept(Guid id, HttpContext context, PlatformMembership membership, CancellationToken stop) =>
        (await context.AtPlatform(work => membership.Accept(work, id, stop))).Then<JoinStepReply>(s => Reply(s, context));

    private static async Task<Answer<JoinStepReply>> Reject(Guid id, JoinReason request, HttpContext context, PlatformMembership membership, CancellationToken stop) =>
        (await context.AtPlatform(work => membership.Reject(work, id, request.Reason, stop))).Then<JoinStepReply>(a => Reply(new JoinStep(a, null, null, null), context));

    private static async Task<Answer<PostReply>> Post(Guid id, PostRequest request, HttpContext context, CouncilPosts posts, RegistryCache registry, CancellationToken stop)
    {
        var view = await registry.View();
        return (await context.AtPlatform(work => posts.Save(new WantedPost(id, request.Municipality, request.Post, request.From, request.Until), work.Actor, stop))).Then<PostReply>(p => PostReply.Of(p, view));
    }

    private static async Task<Answer<CapabilityReply>> Capability(string code, string capability, WantedCapability request, HttpContext context, PlatformMembership membership, TimeProvider clock, CancellationToken stop) =>
        (await context.AtPlatform(work => membership.SetCapability(work, code, capability, request, stop))).Then<CapabilityReply>(c => CapabilityReply.Of(c, clock.Today()));

    private static async Task<Answer<MembershipEndReply>> End(string code, WantedEnd request, HttpContext context, AskMembershipEnd ask, CancellationToken stop) =>
        (await context.AtPlatform(work => ask.Run(work, code, request, stop))).Then<MembershipEndReply>(a => new MembershipEndReply(a.Thing.Code.Value, a.Thing.MemberFrom, a.Thing.MemberUntil, a.Proposal));

    private static JoinStepReply Reply(JoinStep step, HttpContext context) =>
        new(step.Application.Id, Words<JoinState>.Of(step.Application.State), step.Application.MemberOn, step.EnrolCode, StaffChanges.EnrolUrl(context, null, step.EnrolToken));
}
