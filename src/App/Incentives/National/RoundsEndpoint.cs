using MyKey.App.PaymentServices;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.National;

/// <param name="Until">The last day on which it can be chosen; null: as long as the round takes applications.</param>
public sealed record RoundServiceReply(Guid Id, string Name, string Contact, string Page, bool Counter, DateOnly From, DateOnly? Until)
{
    public static RoundServiceReply Of(RegisteredForRound s) => new(s.Service.Id.Value, s.Service.Name, s.Service.Contact, s.Service.Page.OriginalString, s.Service.Counter, s.Days.From, s.Days.Until);
}

/// <param name="Rate">Percent; the premium is the whole points of it.</param>
/// <param name="Kinds"><c>charge</c>, <c>purchase</c> or <c>both</c>.</param>
public sealed record RoundReply(Guid Id, string Name, DateOnly ApplyFrom, DateOnly ApplyUntil, DateOnly BuyFrom, DateOnly BuyUntil, int Rate, long Cap, string Kinds, IReadOnlyList<RoundServiceReply> Services)
{
    public static RoundReply Of(Round r, IReadOnlyList<RegisteredForRound> services) => new(r.Id.Value, r.Name, r.Apply.From, r.Apply.Until, r.Buy.From, r.Buy.Until, r.Rate, r.Cap.Value, Words<RoundKinds>.Of(r.Kinds), [.. services.Select(RoundServiceReply.Of)]);
}

/// <param name="Until">Left out: as long as the round takes applications.</param>
public sealed record RoundServiceRequest(Guid Service, DateOnly From, DateOnly? Until = null);

/// <param name="Rate">Percent, 1 to 100.</param>
/// <param name="Budget">What the State pays at most.</param>
public sealed record RoundRequest(string Name, DateOnly ApplyFrom, DateOnly ApplyUntil, DateOnly BuyFrom, DateOnly BuyUntil, int Rate, long Cap, string Kinds, long Budget, IReadOnlyList<RoundServiceRequest> Services)
{
    internal WantedRound Wanted(Guid id) => new(id, Name, new Days(ApplyFrom, ApplyUntil), new Days(BuyFrom, BuyUntil), Rate, Cap, Words<RoundKinds>.Find(Kinds ?? ""), Budget,
        [.. (Services ?? []).Select(s => new WantedRegistration(s.Service, s.From, s.Until))]);
}

/// <param name="Proposal">What was asked for waits for another operator under <c>/api/v1/operator/proposals</c>; null: it holds.</param>
public sealed record RoundSavedReply(Guid Id, string Name, Guid? Proposal)
{
    public static RoundSavedReply Of(Asked<Round> asked) => new(asked.Thing.Id.Value, asked.Thing.Name, asked.Proposal);
}

/// <summary>All that a municipality or the State is told of a round (K-16).</summary>
public sealed record RoundTotalsReply(Guid Id, string Name, long People, long Premium)
{
    public static RoundTotalsReply Of(RoundTotals t) => new(t.Round.Id.Value, t.Round.Name, t.People, t.Premium);
}

/// <param name="From">From which day on.</param>
public sealed record NoticeRequest(DateOnly From, string Text);

/// <summary>Rounds for everybody, for offices and for those who run the platform.</summary>
public static class RoundsEndpoint
{
    public static void MapRounds(this WebApplication app)
    {
        app.MapGet("/api/v1/mynapoint", Current).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/office/mynapoint", Totals);
        var platform = app.MapGroup("/api/v1/operator/mynapoint");
        platform.MapGet("", All);
        platform.MapPut("/{id:guid}", Save);
        platform.MapPut("/notices/{kind}", Notice);
    }

    /// <param name="q">A part of the name of a service.</param>
    private static async Task<Answer<List<RoundReply>>> Current(string? q, FindRounds rounds, TimeProvider clock, CancellationToken stop)
    {
        var all = new List<RoundReply>();
        foreach (var round in await rounds.Current(clock.Today(), stop)) all.Add(RoundReply.Of(round, await rounds.Listed(round.Id, q, stop)));
        return all;
    }

    private static async Task<Answer<List<RoundTotalsReply>>> Totals(HttpContext context, FindRounds rounds, CancellationToken stop) =>
        await context.InOffice<List<RoundTotalsReply>>(async _ => (await rounds.Totals(stop)).Select(RoundTotalsReply.Of).ToList());

    private static async Task<Answer<List<RoundTotalsReply>>> All(HttpContext context, FindRounds rounds, CancellationToken stop) =>
        await context.AtPlatform<List<RoundTotalsReply>>(async work => work.Require(Role.Operator).Refused is { } no ? no : (await rounds.Totals(stop)).Select(RoundTotalsReply.Of).ToList());

    private static async Task<Answer<RoundSavedReply>> Save(Guid id, RoundRequest request, HttpContext context, SaveRound save, CancellationToken stop) =>
        (await context.AtPlatform(work => save.Run(work, request.Wanted(id), stop))).Then<RoundSavedReply>(r => RoundSavedReply.Of(r));

    private static async Task<Answer<bool>> Notice(string kind, NoticeRequest request, HttpContext context, RoundNotices notices, CancellationToken stop) =>
        await context.AtPlatform<bool>(async work => Words<RoundNotice>.Find(kind) is { } which ? await notices.Save(work, which, (request.From, request.Text), stop) : Refusal.Of("not_found"));
}

/// <summary>What is put together here.</summary>
public static class NationalModule
{
    public static void AddNational(this WebApplicationBuilder builder) => builder.Services.AddSingleton<FindRounds>().AddSingleton<FindChoices>().AddSingleton<SaveRound>().AddSingleton<IProposed, RoundProposed>()
        .AddSingleton<RoundNotices>().AddSingleton<PaymentAccounts.AccountKeys>().AddSingleton<ApplyForRound>().AddSingleton<ApplyForRoundByCard>().AddSingleton(ApplyForRoundByCard.Action).AddSingleton<MyRounds>()
        .AddSingleton<PremiumReading>().AddSingleton<JudgePremiums>().AddSingleton<PremiumRows>().AddSingleton<PostPremiums>().AddSingleton<TakePremiums>()
        .AddSingleton<FindPremiumFiles>().AddSingleton<StorePremiumFile>().AddSingleton<PostPremiumFiles>().AddSingleton<Kernel.Jobs.IJob>(s => s.GetRequiredService<PostPremiumFiles>())
        .AddSingleton<FindPremiumClaims>().AddSingleton<ClaimPremiums>().AddSingleton<AuditPremiums>()
        .AddSingleton(services => new Shared.RowAuditPart("premiums", Nightly: false, stop => services.GetRequiredService<AuditPremiums>().Run(stop)))
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 39, "マイナポイント", RoundsPage.Here, Role.Operator))
        .AddSingleton(new StaffMenu(StaffDoor.Office, 30, "マイナポイント", OfficeRoundsPage.Here));

    public static void MapNational(this WebApplication app)
    {
        app.MapRounds();
        app.MapMyRounds();
        app.MapPremiums();
        app.MapPremiumClaims();
    }
}
