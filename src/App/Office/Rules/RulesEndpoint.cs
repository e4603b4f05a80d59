using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Rules;

/// <param name="Kind">With <paramref name="Area"/>: a rule for a kind of acceptor.</param>
/// <param name="Area"><c>none</c>, <c>own</c>, <c>prefecture</c> or <c>anywhere</c>.</param>
/// <param name="Acceptor">With <paramref name="Rule"/>: a rule for a single acceptor, which wins.</param>
/// <param name="Rule"><c>accepted</c>, <c>refused</c> or <c>by_kind</c>.</param>
public sealed record UsageRuleRequest(string? Kind = null, string? Area = null, Guid? Acceptor = null, string? Rule = null);

public sealed record UsageKindReply(string Kind, string Area);

public sealed record UsageAcceptorReply(Guid Acceptor, string Name, string Rule, bool Accepted);

public sealed record UsageRulesReply(IReadOnlyList<UsageKindReply> Kinds, IReadOnlyList<UsageAcceptorReply> Acceptors);

/// <param name="Brand">Null or empty: the name and ポイント.</param>
/// <param name="ExpiryDays">This or months.</param>
public sealed record PointsRequest(string? Brand, int? ExpiryDays, int? ExpiryMonths);

/// <param name="From">The first day on which the points pay; null: at once.</param>
public sealed record UseFromRequest(DateOnly? From);

public sealed record PointsReply(string Municipality, string PointName, int? ExpiryDays, int? ExpiryMonths, DateOnly? UseFrom)
{
    public static PointsReply Of(Municipality m) =>
        new(m.Code.Value, m.PointName, m.Expiry is { Days: > 0 } d ? d.Days : null, m.Expiry is { Months: > 0 } e ? e.Months : null, m.UseFrom);
}

/// <summary>An office's own rules, for machines.</summary>
public static class RulesEndpoint
{
    public static void AddOfficeRules(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OfficeRules>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 30, "使えるお店の決まり", "/office/rules", Role.TerminalAdmin))
        .AddSingleton(new StaffMenu(StaffDoor.Office, 35, "ポイントの名前と期限", "/office/points", Role.StaffAdmin));

    public static void MapOfficeRules(this WebApplication app)
    {
        app.MapGet("/api/v1/office/usage-rules", Read);
        app.MapPut("/api/v1/office/usage-rules", Write);
        app.MapPut("/api/v1/office/points", Change);
        app.MapPut("/api/v1/office/points/use-from", UseFrom);
    }

    private static async Task<Answer<UsageRulesReply>> Read(string? search, HttpContext context, OfficeRules rules) => await context.InOffice<UsageRulesReply>(async work =>
    {
        var kinds = await rules.Kinds(work);
        if (kinds.Refused is { } no) return no;
        var single = (await rules.Acceptors(work, search)).Value;
        return new UsageRulesReply([.. kinds.Value.Select(k => new UsageKindReply(k.Kind.Code, Words<UsageArea>.Of(k.Area)))],
            [.. single.Select(s => new UsageAcceptorReply(s.Acceptor.Id.Value, s.Acceptor.Name, s.Rule, s.Accepted))]);
    });

    private static async Task<Answer<bool>> Write(UsageRuleRequest request, HttpContext context, OfficeRules rules, CancellationToken stop) => await context.InOffice<bool>(async work =>
        request switch
        {
            { Kind: { } kind, Acceptor: null } => (await rules.ForKind(work, kind, request.Area, stop)).Then<bool>(_ => true),
            { Kind: null, Acceptor: { } acceptor } => (await rules.ForAcceptor(work, new AcceptorId(acceptor), request.Rule, stop)).Then<bool>(_ => true),
            _ => Refusal.Of("field_required", ("field", "kind")),
        });

    private static async Task<Answer<PointsReply>> Change(PointsRequest request, HttpContext context, OfficeRules rules, CancellationToken stop) =>
        (await context.InOffice(work => rules.Change(work, request.Brand, request.ExpiryDays, request.ExpiryMonths, stop))).Then<PointsReply>(m => PointsReply.Of(m));

    private static async Task<Answer<PointsReply>> UseFrom(UseFromRequest request, HttpContext context, OfficeRules rules, CancellationToken stop) =>
        (await context.InOffice(work => rules.UseFrom(work, request.From, stop))).Then<PointsReply>(m => PointsReply.Of(m));
}
