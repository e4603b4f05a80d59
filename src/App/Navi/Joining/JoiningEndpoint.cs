using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Navi.Joining;

/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Municipality">5 or 6 digits, or a name that only one has.</param>
/// <param name="Phone">Of the office, nobody's own.</param>
/// <param name="Mailbox">Of the office; may be left out.</param>
/// <param name="WishedOn">Wants to begin on this day.</param>
/// <param name="Wanted">Codes of capabilities.</param>
public sealed record JoinRequest(Guid Id, string? Municipality, string? Phone, string? Mailbox, DateOnly? WishedOn, IReadOnlyList<string>? Wanted);

/// <summary>What whoever has the number of an application may see: neither telephone nor mailbox.</summary>
/// <param name="State"><c>applied</c>, <c>checked</c>, <c>member</c> or <c>rejected</c>.</param>
public sealed record JoinStateReply(Guid Id, string Municipality, string State, DateOnly WishedOn, IReadOnlyList<string> Wanted, DateOnly? MemberOn, string? Reason)
{
    public static JoinStateReply Of(JoinApplication a) => new(a.Id, a.Municipality.Value, Words<JoinState>.Of(a.State), a.WishedOn, [.. a.Wanted.Select(k => k.Code)], a.State == JoinState.Member ? a.MemberOn : null, a.Reason);
}

/// <summary>A municipality asks to join (S2-P15b): <c>/api/v1/joining</c>.</summary>
public static class JoiningEndpoint
{
    /// <summary>Whoever fills in the public form: nobody is signed in.</summary>
    public static Actor Visitor { get; } = Actor.Job("visitor");

    public static void MapJoining(this WebApplication app)
    {
        app.MapPost("/api/v1/joining", Ask).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/api/v1/joining/{id:guid}", State).RequireRateLimiting(RateLimits.Anonymous);
    }

    private static async Task<Answer<JoinStateReply>> Ask(JoinRequest request, ApplyToJoin apply, CancellationToken stop) =>
        (await apply.Run(new WantedJoin(request.Id, request.Municipality, request.Phone, request.Mailbox, request.WishedOn, request.Wanted), Visitor, stop)).Then<JoinStateReply>(a => JoinStateReply.Of(a));

    private static async Task<Answer<JoinStateReply>> State(Guid id, DecideJoin decide, CancellationToken stop) => (await decide.Find(id, stop)).Then<JoinStateReply>(a => JoinStateReply.Of(a));
}
