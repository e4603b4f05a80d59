using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.MyPage;

/// <param name="Expiries">Day (yyyy-MM-dd) and points of what lapses, the next first.</param>
public sealed record MyBalance(string Issuer, string Name, long Points, IReadOnlyList<MyExpiry> Expiries);

public sealed record MyExpiry(DateOnly Day, long Points);

public sealed record MyBalances(IReadOnlyList<MyBalance> Balances);

/// <param name="Change">Points, below 0 for a use; 0 where a ticket is used, which took its points when it was issued.</param>
/// <param name="BalanceAfter">Null where a ticket is used.</param>
/// <param name="Lots">Which points they were, where the municipality shows it (setting <c>history.show_lots</c>); else null.</param>
public sealed record MyEntry(string Id, string Receipt, string Event, long TimeMs, long Change, long? BalanceAfter, bool Cancelled, IReadOnlyList<LotPart>? Lots);

/// <param name="Before">Pass it as <c>before</c> for older entries; null when there are none.</param>
public sealed record MyHistory(IReadOnlyList<MyEntry> Entries, string? Before);

/// <param name="Municipality">Where the shop is, 6 digits.</param>
public sealed record MyCodeRequest(string Municipality);

/// <param name="Code">6 digits, one use.</param>
public sealed record MyCodeReply(string Code, string Municipality, long ExpiresMs);

/// <summary>What a citizen has and shows, for machines; the session is the citizen's cookie.</summary>
public static class MyReadingEndpoint
{
    public static void MapMyReading(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Anonymous);
        group.MapGet("/balances", Balances);
        group.MapGet("/history", History);
        group.MapPost("/codes", Code).Produces<MyCodeReply>(StatusCodes.Status201Created);
    }

    private static async Task<Answer<MyBalances>> Balances(HttpContext context, LedgerReading reading, RegistryCache registry, TimeProvider clock)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var view = await registry.View();
        var held = await reading.Holdings(citizen.Value.Id, clock.Today());
        return new MyBalances([.. held.Select(h => new MyBalance(h.Issuer.Value, view.NameOfPoints(h.Issuer), h.Usable.Value,
            [.. h.Lots.GroupBy(l => l.ExpiresOn).OrderBy(g => g.Key).Select(g => new MyExpiry(g.Key, g.Sum(l => l.Remaining.Value)))]))]);
    }

    private static async Task<Answer<MyHistory>> History(string issuer, string? before, HttpContext context, Passbook passbook, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var code = MunicipalityCode.Read(issuer);
        if (code.Refused is { } unknown) return unknown;
        var last = HistoryPlace.Read(before);
        if (last.Refused is { } nowhere) return nowhere;
        var leaf = await passbook.Read(citizen.Value.Id, code.Value, last.Value, stop);
        return new MyHistory([.. leaf.Lines.Select(l => new MyEntry(l.Line.Id.ToString()!, l.Line.Receipt.ToString(), l.Event, l.Line.TimeMs, l.Rest is null ? 0 : l.Line.Change, l.Rest?.Value, l.Line.Cancelled, l.Lots))],
            leaf.Older?.Value.ToString());
    }

    private static async Task<Answer<MyCodeReply>> Code(MyCodeRequest request, HttpContext context, IssueOneTimeCode issue, RegistryCache registry, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var town = Towns.Chosen(await registry.View(), request.Municipality);
        if (town.Refused is { } unknown) return unknown;
        var made = await issue.Issue(signedIn.Session, town.Value.Code, stop);
        return made.Refused is { } no ? no : Answer.Created<MyCodeReply>(new MyCodeReply(made.Value.Code, made.Value.Municipality.Value, made.Value.ExpiresMs));
    }
}
