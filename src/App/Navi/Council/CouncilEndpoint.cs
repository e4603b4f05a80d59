using MyKey.App.Navi.Joining;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Navi.Council;

/// <param name="Number">1 to 47.</param>
public sealed record PrefectureReply(int Number, string Name, int Bodies, int Members);

/// <param name="Since">First day of the membership.</param>
/// <param name="Until">Its last day, when it ends.</param>
public sealed record MemberReply(string Code, string Prefecture, string Name, DateOnly Since, DateOnly? Until);

/// <param name="Post"><c>chair</c>, <c>vice_chair</c> or <c>auditor</c>.</param>
/// <param name="Head">The office that holds it; never a person.</param>
public sealed record PostReply(Guid Id, string Post, string Municipality, string Head, DateOnly From, DateOnly? Until)
{
    public static PostReply Of(CouncilPost p, RegistryView view) =>
        new(p.Id, Words<CouncilPostKind>.Of(p.Post), p.Municipality.Value, view.Find(p.Municipality) is { } m ? CouncilPost.HeadOf(m) : p.Municipality.Value, p.From, p.Until);
}

/// <param name="Bodies">Municipalities and prefectures that are registered, members or not.</param>
public sealed record CouncilReply(int Members, int Bodies, IReadOnlyList<PrefectureReply> Prefectures, IReadOnlyList<MemberReply> List, IReadOnlyList<PostReply> Posts);

/// <param name="State"><c>dated</c>, <c>when_ready</c>, <c>undecided</c> or <c>ended</c>.</param>
/// <param name="Day">First day of a dated one, last day of an ended one.</param>
/// <param name="Shown">As the table says it.</param>
public sealed record CapabilityReply(string Capability, string State, DateOnly? Day, string? Said, bool Live, string Shown)
{
    public static CapabilityReply Of(Capability c, DateOnly today) => new(c.Kind.Code, Words<CapabilityState>.Of(c.State), c.Day, c.Said, c.IsLive(today), c.Shown(today));
}

public sealed record CapableReply(string Code, string Prefecture, string Name, IReadOnlyList<CapabilityReply> Capabilities);

/// <summary>The council and what its members take part in, for everybody: <c>/api/v1/council</c>, <c>/api/v1/capabilities</c>.</summary>
public static class CouncilEndpoint
{
    public static void AddCouncil(this WebApplicationBuilder builder) => builder.Services.AddSingleton<CouncilList>();

    public static void MapCouncil(this WebApplication app)
    {
        app.MapGet("/api/v1/council", Council).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/capabilities", Capable).RequireRateLimiting(RateLimits.Anonymous);
        app.MapJoining();
    }

    /// <param name="prefecture">1 to 47; without it the list is of the whole country.</param>
    private static async Task<Answer<CouncilReply>> Council(string? prefecture, CouncilList council, CouncilPosts posts, RegistryCache registry, CancellationToken stop)
    {
        var number = CouncilList.Prefecture(prefecture);
        if (number.Refused is { } no) return no;
        var (counts, view) = (await council.Prefectures(), await registry.View());
        return new CouncilReply(counts.Sum(p => p.Members), counts.Sum(p => p.Bodies), [.. counts.Select(p => new PrefectureReply(p.Number, p.Name, p.Bodies, p.Members))],
            [.. (await council.Members(number.Value)).Select(m => new MemberReply(m.Code.Value, m.Prefecture, m.Name, m.MemberFrom!.Value, m.MemberUntil))], [.. (await posts.List(stop)).Select(p => PostReply.Of(p, view))]);
    }

    private static async Task<Answer<IReadOnlyList<CapableReply>>> Capable(string? prefecture, CouncilList council, TimeProvider clock, CancellationToken stop)
    {
        var number = CouncilList.Prefecture(prefecture);
        if (number.Refused is { } no) return no;
        var today = clock.Today();
        return (await council.Capable(number.Value, stop)).Select(c => new CapableReply(c.Municipality.Code.Value, c.Municipality.Prefecture, c.Municipality.Name, [.. c.Capabilities.Select(x => CapabilityReply.Of(x, today))])).ToList();
    }
}
