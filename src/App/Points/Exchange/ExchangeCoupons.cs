using Dapper;
using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <summary>What was exchanged by one form or request, and what was not.</summary>
public sealed record Exchanged(Guid Id, Destination Destination, IReadOnlyList<ExchangeLine> Lines)
{
    public Points Worth => new(Lines.Where(l => l.Done).Sum(l => l.Worth!.Value.Value));
}

/// <summary>
/// Codes become points of a municipality, or reserved ones (S0-1006a, S0-1010a, S2-P11): each is taken first, for this citizen and under the id of its transfer, then posted. Who
/// sends the same again gets the same again; what a crash left taken is posted by <see cref="PostTakenCoupons"/>.
/// </summary>
public sealed class ExchangeCoupons(Database database, JudgeCoupons judge, CouponPosting posting, TimeProvider clock)
{
    private const string Take = """
        update pts_coupon set taken_by = @Citizen, exchange = @Exchange, transfer = @Transfer, issuer = @Issuer, worth = @Worth, rate_partner = @RatePartner,
          rate_municipal = @RateMunicipal, lot_expires_on = @LotExpiresOn, taken_ms = @TakenMs
        where bucket = @Bucket and code_hash = @Hash and taken_by is null
        """;

    /// <returns>
    /// At least one code was exchanged; else the refusal of the first one. Also those of <see cref="JudgeCoupons.Run"/>; in the lines those of
    /// the ledger, too: <c>busy</c> leaves a code taken, and it will be posted.
    /// </returns>
    public async Task<Result<Exchanged>> Run(Citizen citizen, ExchangeOrder order, CancellationToken stop = default)
    {
        var judged = await judge.Run(citizen.Id, order, stop);
        if (judged.Refused is { } no) return no;
        var (there, lines) = judged.Value;
        var taken = await database.Write(tx => TakeAll(tx, (citizen.Id, order.Id), there.Code, lines), stop);
        var done = await Task.WhenAll(taken.Select(Post));
        return done.Any(l => l.Refused is null) ? new Exchanged(order.Id, there, done) : done[0].Refused!;
    }

    private async Task<List<ExchangeLine>> TakeAll(Transaction tx, (CitizenId Citizen, Guid Exchange) by, MunicipalityCode issuer, List<ExchangeLine> lines)
    {
        var taken = new Dictionary<int, ExchangeLine>();
        // In one order everywhere, so that two of the same codes never wait for each other.
        foreach (var line in lines.Where(l => l.Coupon is { Use: null }).OrderBy(l => Convert.ToHexString(l.Coupon!.Place.Hash), StringComparer.Ordinal))
        {
            var use = new CouponUse(by.Citizen, by.Exchange, Ids.New<TransferId>(clock), issuer, line.Worth!.Value, line.Rate, line.ExpiresOn!.Value, clock.NowMs());
            var rows = await tx.Connection.ExecuteAsync(Take, new
            {
                use.Citizen, use.Exchange, use.Transfer, use.Issuer, use.Worth, RatePartner = use.Rate.Partner, RateMunicipal = use.Rate.Municipal, use.LotExpiresOn, use.TakenMs,
                line.Coupon!.Place.Bucket, line.Coupon.Place.Hash,
            }, tx.Handle);
            taken[line.Place] = rows == 1
                ? line with { Transfer = use.Transfer, Coupon = line.Coupon with { Use = use } }
                : ExchangeLine.No(line.Place, line.Shown, Refusal.Of("coupon_used"), line.Partner);
        }
        return lines.ConvertAll(l => taken.GetValueOrDefault(l.Place, l));
    }

    private async Task<ExchangeLine> Post(ExchangeLine line)
    {
        if (line.Refused is not null || line.Done) return line;
        var coupon = Must.Have(line.Coupon, "a line that is not refused has a coupon");
        var posted = await posting.Post(coupon, coupon.Use!.TakenMs + Limits.LeaseMs - Limits.MarginMs);
        return posted.Refused is { } no ? ExchangeLine.No(line.Place, line.Shown, no, line.Partner) : line with { Done = true };
    }
}

/// <summary>From a code that is taken to points in the passbook.</summary>
public sealed class CouponPosting(Database database, Ledger.Ledger ledger, ReserveRule reserve, PointNotices notices)
{
    private const string Posted = "update pts_coupon set posted = 1 where bucket = @CouponBucket and code_hash = @CouponHash and transfer = @CouponTransfer and posted = 0";

    private const string Release = """
        update pts_coupon set taken_by = null, exchange = null, transfer = null, issuer = null, worth = null, rate_partner = null, rate_municipal = null,
          lot_expires_on = null, taken_ms = null
        where bucket = @Bucket and code_hash = @Hash and transfer = @Transfer and posted = 0
        """;

    /// <summary>Posts under the id that was fixed when the code was taken, so it happens once. A refusal other than <c>busy</c> gives the code back.</summary>
    /// <param name="notAfterMs">Later it is the job's.</param>
    internal async Task<Result<Posted>> Post(Coupon coupon, long notAfterMs)
    {
        var use = Must.Have(coupon.Use, "what is posted was taken");
        var lot = new ExchangedLot(use.LotExpiresOn, coupon.Partner, (use.Rate.Partner, use.Rate.Municipal));
        var posted = await ledger.Post(Transfer.Exchange(use.Transfer, use.Citizen, use.Issuer, use.Worth, lot, Actor.Of(use.Citizen)) with
        {
            NotAfterMs = notAfterMs,
            Settings = await reserve.InForce(use.Issuer, use.TakenMs),
            Companions = [new Companion(Posted, [("CouponBucket", coupon.Place.Bucket), ("CouponHash", coupon.Place.Hash), ("CouponTransfer", use.Transfer)], 1, Refusal.Of("busy")),
                .. await notices.For(use.Citizen, Notice.Exchanged, new Purse(use.Issuer), use.Exchange)],
        });
        if (posted.Refused is { Code: not "busy" })
            await database.Write(tx => tx.Connection.ExecuteAsync(Release, new { coupon.Place.Bucket, coupon.Place.Hash, use.Transfer }, tx.Handle));
        return posted;
    }
}
