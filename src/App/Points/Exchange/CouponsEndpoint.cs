using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <param name="Hash">SHA-256 of the file, its name here.</param>
/// <param name="State"><c>receiving</c> until all of it is here; <c>open</c>: its codes can be used; <c>refused</c>: none of them can.</param>
/// <param name="Lines">Read so far: the progress while it is being sent.</param>
/// <param name="Points">The partner's, of the <paramref name="Good"/> lines together.</param>
public sealed record CouponBatchReply(string Hash, string State, int Lines, int Good, int Refused, long Points, long MadeMs, long? OpenedMs);

/// <param name="Code">Of the refusal, e.g. <c>coupon_known</c>.</param>
public sealed record RefusedCouponReply(int Line, string Code);

/// <param name="Id">Pass the last one as <c>after</c>.</param>
/// <param name="Hash">Of the file, in which it stood on this line.</param>
/// <param name="Points">The partner's; they became <paramref name="Worth"/> points of the municipality, so many yen.</param>
/// <param name="Municipality">6 digits; <c>reserved</c>: the citizen had not chosen one yet.</param>
public sealed record ExchangedCouponReply(Guid Id, string Hash, int Line, long Points, string Municipality, long Worth, string Rate, long TimeMs);

public sealed record ExchangeTotalReply(string Municipality, string Rate, long Coupons, long Points, long Worth);

/// <summary>What a partner's own system does with its key (<c>coupons.write</c>): bring codes, see how far they are, see what was exchanged.</summary>
public static class CouponsEndpoint
{
    public const long MostBytes = 128 * 1024 * 1024;

    public static void MapCoupons(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/partner");
        group.MapGet("/coupon-batches", List);
        group.MapPut("/coupon-batches/{hash:length(64)}", Store).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapGet("/coupon-batches/{hash:length(64)}", Get);
        group.MapGet("/coupon-batches/{hash:length(64)}/refused", Refused);
        group.MapGet("/exchanges", Exchanged);
        group.MapGet("/exchanges/totals", Totals);
    }

    private static async Task<Answer<List<CouponBatchReply>>> List(HttpContext context, PartnerKeys keys, FindCoupons find, CancellationToken stop) =>
        await For<List<CouponBatchReply>>(context, keys, async by => (await find.Batches(by.Partner.Id, stop)).Select(Reply).ToList());

    /// <summary>The file is the body; a broken-off one is sent again whole and goes on where it was.</summary>
    private static async Task<Answer<CouponBatchReply>> Store(string hash, HttpContext context, PartnerKeys keys, StoreCoupons store, CancellationToken stop) =>
        await For<CouponBatchReply>(context, keys, async by => (await store.Run(by, hash, context.Request.Body, stop)).Then<CouponBatchReply>(b => Reply(b)));

    private static async Task<Answer<CouponBatchReply>> Get(string hash, HttpContext context, PartnerKeys keys, FindCoupons find, CancellationToken stop) =>
        await For<CouponBatchReply>(context, keys, async by => await find.Batch(by.Partner.Id, hash, stop) is { } batch ? Reply(batch) : Refusal.Of("not_found"));

    /// <param name="after">The last line that was read; up to 1,000 follow.</param>
    private static async Task<Answer<List<RefusedCouponReply>>> Refused(string hash, int? after, HttpContext context, PartnerKeys keys, FindCoupons find, CancellationToken stop) =>
        await For<List<RefusedCouponReply>>(context, keys, async by => await find.Batch(by.Partner.Id, hash, stop) is { } batch
            ? (await find.Refused(batch, after ?? 0, stop)).Select(r => new RefusedCouponReply(r.Line, r.Code)).ToList() : Refusal.Of("not_found"));

    /// <param name="from">First day, <paramref name="until"/> the last; left out: the last 31 days.</param>
    /// <param name="after">The last one that was read; up to 1,000 follow.</param>
    private static async Task<Answer<List<ExchangedCouponReply>>> Exchanged(DateOnly? from, DateOnly? until, Guid? after, HttpContext context, PartnerKeys keys, FindCoupons find, TimeProvider clock, CancellationToken stop) =>
        await For<List<ExchangedCouponReply>>(context, keys, async by =>
            (await find.OfPartner(by.Partner.Id, Span(clock, from, until), after is { } last ? new TransferId(last) : null, stop)).Select(e => new ExchangedCouponReply(e.Transfer.Value, e.Sha256, e.Line, e.Points,
                Destination.WordOf(e.Issuer), e.Worth, new ExchangeRate(e.RatePartner, e.RateMunicipal).ToString(), e.TakenMs)).ToList());

    private static async Task<Answer<List<ExchangeTotalReply>>> Totals(DateOnly? from, DateOnly? until, HttpContext context, PartnerKeys keys, FindCoupons find, TimeProvider clock, CancellationToken stop) =>
        await For<List<ExchangeTotalReply>>(context, keys, async by => (await find.TotalsOf(by.Partner.Id, Span(clock, from, until), stop))
            .Select(t => new ExchangeTotalReply(Destination.WordOf(t.Issuer), new ExchangeRate(t.RatePartner, t.RateMunicipal).ToString(), t.Coupons, t.Points, t.Worth)).ToList());

    private static (long FromMs, long UntilMs) Span(TimeProvider clock, DateOnly? from, DateOnly? until)
    {
        var last = until ?? clock.Today();
        return (Jst.EndOf((from ?? last.AddDays(-30)).AddDays(-1)), Jst.EndOf(last));
    }

    private static async Task<Result<T>> For<T>(HttpContext context, PartnerKeys keys, Func<(Machine Machine, Partner Partner), Task<Result<T>>> call)
    {
        var by = await keys.Of(context);
        return by.Refused is { } no ? no : await call(by.Value);
    }

    private static CouponBatchReply Reply(CouponBatch batch) => new(batch.Sha256, Words<CouponBatchState>.Of(batch.State), batch.Lines, batch.Good, batch.Refused, batch.Points, batch.MadeMs, batch.OpenedMs);
}
