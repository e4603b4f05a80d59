using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Exchange;

/// <summary>What is asked for.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Municipality">Whose points they become, or <see cref="Destination.Later"/>.</param>
/// <param name="Codes">As typed, up to <see cref="JudgeCoupons.MostCodes"/>; empty ones do not count.</param>
public sealed record ExchangeOrder(Guid Id, string? Municipality, IReadOnlyList<string?> Codes);

/// <summary>What becomes of one code.</summary>
/// <param name="Place">From 1, among those that were sent.</param>
/// <param name="Shown">The end of the code.</param>
/// <param name="Worth">Points of the municipality; null when refused.</param>
/// <param name="ExpiresOn">Their last day; of reserved ones that of the choice.</param>
/// <param name="Done">Its points have been credited.</param>
public sealed record ExchangeLine(int Place, string Shown, Partner? Partner, Points? Worth, ExchangeRate Rate, DateOnly? ExpiresOn, TransferId? Transfer, bool Done, Refusal? Refused)
{
    internal Coupon? Coupon { get; init; }

    internal static ExchangeLine No(int place, string shown, Refusal refused, Partner? partner = null) => new(place, shown, partner, null, default, null, null, false, refused);
}

/// <summary>Looks at up to ten codes and says what each would become (S0-5007a); one that is not good blocks no other (S0-5007b). Nothing is taken here.</summary>
public sealed class JudgeCoupons(Database database, CouponPlaces places, PartnerCache partners, RegistryCache registry, ReserveRule reserve, WrongCodes wrong, TimeProvider clock)
{
    public const int MostCodes = 10;

    /// <returns>
    /// The destination, and a line per code that was typed, a code that was typed twice counted once; <c>coupon_max</c>, <c>field_required</c> (field)
    /// without a code, <c>municipality_unknown</c>, <c>rate_limited</c> (wait). In the lines: <c>coupon_unknown</c>, <c>coupon_used</c>,
    /// <c>coupon_expired</c> (until), <c>my_number_refused</c>, <c>pan_refused</c>, and those of <see cref="Partner.TakesCoupons"/> and <see cref="Partner.Convert"/>.
    /// </returns>
    public async Task<Result<(Destination Destination, List<ExchangeLine> Lines)>> Run(CitizenId citizen, ExchangeOrder order, CancellationToken stop = default)
    {
        var typed = order.Codes.Select((code, at) => (Place: at + 1, Code: code)).Where(c => !string.IsNullOrWhiteSpace(c.Code)).ToList();
        if (order.Codes.Count > MostCodes) return Refusal.Of("coupon_max");
        if (typed.Count == 0) return Refusal.Of("field_required", ("field", "codes"));
        var there = Destination.Read(await registry.View(), order.Municipality);
        if (there.Refused is { } nowhere) return nowhere;
        var lastDay = await there.Value.LastDay(clock.Today(), reserve);
        var read = typed.Select(t => (t.Place, Code: CouponCode.Read(t.Code))).ToList();
        var good = read.Where(r => r.Code.Ok).DistinctBy(r => r.Code.Value.Text).ToList();
        var counted = await wrong.Reserve(citizen, good.Count, stop);
        if (counted.Refused is { } slower) return slower;
        var found = await Find([.. good.Select(g => g.Code.Value)], stop);
        await wrong.GiveBack(citizen, counted.Value, good.Count(g => found.ContainsKey(g.Code.Value)), stop);
        var lines = read.Where(r => !r.Code.Ok).Select(r => ExchangeLine.No(r.Place, "", r.Code.Refused!.Code == "number_format" ? Refusal.Of("coupon_unknown") : r.Code.Refused!))
            .Concat(good.Select(g => Judge((citizen, order.Id), (g.Place, g.Code.Value.Shown), found.GetValueOrDefault(g.Code.Value), (there.Value.Code, lastDay))));
        return (there.Value, lines.OrderBy(l => l.Place).ToList());
    }

    /// <summary>The row of each code; where two partners gave out the same one, the one that is still free.</summary>
    private async Task<Dictionary<CouponCode, (Coupon Coupon, Partner Partner)>> Find(IReadOnlyList<CouponCode> codes, CancellationToken stop)
    {
        var of = await places.Open(stop);
        var view = await partners.View();
        var candidates = (from code in codes from partner in view.All select (code, partner, place: of(partner.Id, code))).ToList();
        var rows = (await CouponRow.At(database, candidates.ConvertAll(c => c.place), stop)).ToDictionary(r => Convert.ToHexString(r.Place.Hash));
        var there = from c in candidates
                    where rows.ContainsKey(Convert.ToHexString(c.place.Hash))
                    select (c.code, Coupon: rows[Convert.ToHexString(c.place.Hash)], c.partner);
        return there.GroupBy(t => t.code).ToDictionary(g => g.Key, g => g.OrderBy(t => t.Coupon.Use is not null).ThenBy(t => t.Coupon.Batch).Select(t => (t.Coupon, t.partner)).First());
    }

    private ExchangeLine Judge((CitizenId Citizen, Guid Exchange) by, (int Place, string Shown) code, (Coupon Coupon, Partner Partner) found, (MunicipalityCode Issuer, DateOnly LastDay) to)
    {
        if (found.Coupon is not { } coupon) return ExchangeLine.No(code.Place, code.Shown, Refusal.Of("coupon_unknown"));
        var partner = found.Partner;
        if (coupon.Use is { } use)
            return use.Citizen == by.Citizen && use.Exchange == by.Exchange && use.Issuer == to.Issuer
                ? new ExchangeLine(code.Place, code.Shown, partner, use.Worth, use.Rate, use.LotExpiresOn, use.Transfer, coupon.Posted, null) { Coupon = coupon }
                : ExchangeLine.No(code.Place, code.Shown, Refusal.Of("coupon_used"), partner);
        var (now, today) = (clock.NowMs(), clock.Today());
        if (coupon.ExpiresOn < today) return ExchangeLine.No(code.Place, code.Shown, Refusal.Of("coupon_expired", ("until", Shared.Components.Words.Day(coupon.ExpiresOn))), partner);
        if (partner.TakesCoupons(now).Refused is { } closed) return ExchangeLine.No(code.Place, code.Shown, closed, partner);
        var worth = partner.Convert(coupon.Points, today);
        if (worth.Refused is { } no) return ExchangeLine.No(code.Place, code.Shown, no, partner);
        return new ExchangeLine(code.Place, code.Shown, partner, worth.Value.Points, worth.Value.Rate, to.LastDay, null, false, null) { Coupon = coupon };
    }
}
