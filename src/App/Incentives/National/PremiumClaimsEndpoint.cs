using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <param name="Month">yyyy-MM.</param>
/// <param name="State"><c>over</c>: refused; <c>short</c>; <c>approved</c>: closed.</param>
/// <param name="Differences">Lines that do not agree.</param>
public sealed record PremiumClaimReply(Guid Service, string Month, string Hash, string State, int ClaimedLines, long Claimed, int GrantedLines, long Granted, int Differences, long MadeMs, long? DecidedMs)
{
    public static PremiumClaimReply Of(PremiumClaim c) => new(c.Service.Value, c.Month.ToString(), c.Sha256, Words<PremiumClaimState>.Of(c.State), c.ClaimedLines, c.Claimed, c.GrantedLines, c.Granted, c.Differences, c.MadeMs, c.DecidedMs);
}

/// <param name="EventId">Pass the last one as <c>after</c>.</param>
public sealed record ClaimDifferenceReply(string EventId, long Claimed, long Granted);

/// <summary>Monthly claims: of a service with its key, and for those who run the platform.</summary>
public static class PremiumClaimsEndpoint
{
    private const long MostBytes = 128 * 1024 * 1024;

    public static void MapPremiumClaims(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/payment-service/premium-claims");
        group.MapPut("/{month}", Claim).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapGet("/{month}", Get);
        group.MapGet("/{month}/differences", Differences);
        group.MapGet("/{month}/granted", Granted);
        var platform = app.MapGroup("/api/v1/operator/premium-claims");
        platform.MapGet("", All);
        platform.MapPost("/{service:guid}/{month}/close", Close);
    }

    private static async Task<Answer<PremiumClaimReply>> Claim(string month, HttpContext context, PaymentServiceKeys keys, ClaimPremiums claim, CancellationToken stop) =>
        (await PremiumsEndpoint.By<PremiumClaim>(context, keys, async by =>
        {
            if (ClaimMonth.Read(month) is not { } of) return Refusal.Of("number_format", ("field", "month"));
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content, stop);
            return await claim.Run(by, of, content.ToArray(), stop);
        })).Then<PremiumClaimReply>(c => PremiumClaimReply.Of(c));

    private static async Task<Answer<PremiumClaimReply>> Get(string month, HttpContext context, PaymentServiceKeys keys, FindPremiumClaims find, CancellationToken stop) =>
        await PremiumsEndpoint.By<PremiumClaimReply>(context, keys, async by => ClaimMonth.Read(month) is { } of && await find.One(by.Service.Id, of, stop) is { } claim ? PremiumClaimReply.Of(claim) : Refusal.Of("not_found"));

    /// <param name="after">The last event that was read; up to 1,000 follow.</param>
    private static async Task<Answer<List<ClaimDifferenceReply>>> Differences(string month, string? after, HttpContext context, PaymentServiceKeys keys, FindPremiumClaims find, CancellationToken stop) =>
        await PremiumsEndpoint.By<List<ClaimDifferenceReply>>(context, keys, async by => ClaimMonth.Read(month) is { } of
            ? (await find.Differences(by.Service.Id, of, after ?? "", stop)).Select(d => new ClaimDifferenceReply(d.Event, d.Claimed, d.Granted)).ToList() : Refusal.Of("not_found"));

    /// <summary>The premium statement: what was granted on the days of a month, as a CSV file that can be claimed as it is.</summary>
    private static async Task<IResult> Granted(string month, HttpContext context, PaymentServiceKeys keys, FindPremiumClaims find, CancellationToken stop)
    {
        var found = await PremiumsEndpoint.By<List<KeyValuePair<string, long>>>(context, keys, async by =>
            ClaimMonth.Read(month) is { } of ? (await find.Granted(by.Service.Id, of, stop)).OrderBy(e => e.Key, StringComparer.Ordinal).ToList() : Refusal.Of("not_found"));
        if (found.Refused is { } no) return (Answer<bool>)no;
        var rows = string.Concat(found.Value.Select(e => CsvText.Row(e.Key, System.FormattableString.Invariant($"{e.Value}"))).Prepend(CsvText.Row("eventId", "premium")));
        return Results.File(CsvText.File(rows), $"{MediaTypeNames.Text.Csv}; charset=utf-8", $"premiums-{month}.csv");
    }

    private static async Task<Answer<List<PremiumClaimReply>>> All(HttpContext context, FindPremiumClaims find, CancellationToken stop) =>
        await context.AtPlatform<List<PremiumClaimReply>>(async work => work.Require(Role.Operator).Refused is { } no ? no : (await find.All(stop)).Select(PremiumClaimReply.Of).ToList());

    private static async Task<Answer<PremiumClaimReply>> Close(Guid service, string month, HttpContext context, ClaimPremiums claim, CancellationToken stop) =>
        (await context.AtPlatform<PremiumClaim>(async work => ClaimMonth.Read(month) is { } of ? await claim.CloseShort(work, new PaymentServiceId(service), of, stop) : Refusal.Of("not_found"))).Then<PremiumClaimReply>(c => PremiumClaimReply.Of(c));
}
