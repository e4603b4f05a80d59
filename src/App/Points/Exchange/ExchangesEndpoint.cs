using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Municipality">Whose points they become, 6 digits; <c>reserved</c>: chosen later.</param>
/// <param name="Codes">1 to 10; the same one twice counts once.</param>
public sealed record ExchangeRequest(Guid Id, string Municipality, IReadOnlyList<string> Codes);

/// <summary>What became, or would become, of one code.</summary>
/// <param name="Place">From 1, in the request.</param>
/// <param name="Partner">Key of the company, where the code is known.</param>
/// <param name="Points">Of the municipality; null when refused.</param>
/// <param name="Rate">Partner's points to municipal points.</param>
/// <param name="ExpiresOn">Last day of the points; of reserved ones the last on which a municipality is chosen.</param>
/// <param name="Code">Of the refusal, or null; <paramref name="Message"/> says it in words.</param>
public sealed record ExchangeLineReply(int Place, string? Partner, long? Points, string? Rate, DateOnly? ExpiresOn, string? Receipt, string? Code, string? Message);

/// <param name="Points">Of all codes together.</param>
public sealed record ExchangeReply(Guid Id, string Municipality, long Points, IReadOnlyList<ExchangeLineReply> Lines);

/// <summary><c>/api/v1/my/exchanges</c>: coupons become points; the session is the citizen's cookie.</summary>
public static class ExchangesEndpoint
{
    public static void AddExchange(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CouponPlaces>().AddSingleton<FindCoupons>().AddSingleton<StoreCoupons>().AddSingleton<WrongCodes>().AddSingleton<JudgeCoupons>().AddSingleton<CouponPosting>()
            .AddSingleton<ExchangeCoupons>().AddSingleton<FindExchanges>();
        builder.Services.AddSingleton<PostTakenCoupons>().AddSingleton<IJob>(s => s.GetRequiredService<PostTakenCoupons>());
    }

    public static void MapExchange(this WebApplication app)
    {
        app.MapCoupons();
        var group = app.MapGroup("/api/v1/my/exchanges").RequireRateLimiting(RateLimits.Attempts);
        group.MapPost("/", Post).Produces<ExchangeReply>(StatusCodes.Status201Created).Produces<ExchangeReply>();
        group.MapPost("/check", Check);
        group.MapGet("/{id:guid}", Get);
    }

    private static async Task<Answer<ExchangeReply>> Post(ExchangeRequest request, HttpContext context, ExchangeCoupons exchange, FindExchanges find, CancellationToken stop)
    {
        var repeated = false;
        var answer = await context.AsCitizen<ExchangeReply>(async citizen =>
        {
            repeated = (await find.Of(citizen.Id, request.Id, stop)).Count > 0;
            var done = await exchange.Run(citizen, Order(request), stop);
            if (done.Refused is { } no) return no;
            foreach (var line in done.Value.Lines.Where(l => l.Refused is not null)) context.Note(line.Refused!);
            return await Reply(find, citizen, done.Value.Id, done.Value.Destination.Code, done.Value.Lines);
        });
        return repeated ? answer : Answer.Created(answer);
    }

    /// <summary>What the codes would become; nothing is taken.</summary>
    private static async Task<Answer<ExchangeReply>> Check(ExchangeRequest request, HttpContext context, JudgeCoupons judge, FindExchanges find, CancellationToken stop) =>
        await context.AsCitizen<ExchangeReply>(async citizen =>
        {
            var judged = await judge.Run(citizen.Id, Order(request), stop);
            return judged.Refused is { } no ? no : await Reply(find, citizen, request.Id, judged.Value.Destination.Code, judged.Value.Lines);
        });

    private static async Task<Answer<ExchangeReply>> Get(Guid id, HttpContext context, FindExchanges find, CancellationToken stop) =>
        await context.AsCitizen<ExchangeReply>(async citizen =>
        {
            var lines = await find.Of(citizen.Id, id, stop);
            return lines.Count == 0 ? Refusal.Of("not_found") : await Reply(find, citizen, id, lines[0].Issuer, lines.Select((l, at) => l.Line with { Place = at + 1 }).ToList());
        });

    private static ExchangeOrder Order(ExchangeRequest request) => new(request.Id, request.Municipality, request.Codes ?? []);

    private static async Task<ExchangeReply> Reply(FindExchanges find, Citizen citizen, Guid id, MunicipalityCode issuer, IReadOnlyList<ExchangeLine> lines)
    {
        var replies = new List<ExchangeLineReply>();
        foreach (var line in lines)
        {
            var receipt = line.Done ? await find.Receipt(citizen.Id, line) : null;
            replies.Add(new ExchangeLineReply(line.Place, line.Partner?.Key, line.Worth?.Value, line.Worth is null ? null : line.Rate.ToString(), line.ExpiresOn, receipt?.ToString(), line.Refused?.Code, line.Refused?.Sentences().What));
        }
        return new ExchangeReply(id, Destination.WordOf(issuer), lines.Sum(l => l.Worth?.Value ?? 0), replies);
    }
}
