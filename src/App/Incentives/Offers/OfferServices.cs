using MyKey.App.PaymentServices;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>A payment service by which a programme may be received.</summary>
/// <param name="From">From when on it can be chosen; null: the municipality has not said so yet.</param>
/// <param name="Until">The last day; null: no end is set.</param>
public sealed record OfferedPaymentService(PaymentService Service, DateOnly? From, DateOnly? Until)
{
    public bool IsOpen(DateOnly day) => From <= day && (Until is null || day <= Until);
}

/// <summary>What people read of the payment services of an offer: those on its list, or where it has none each that starts for its municipality; in both cases with the days of both (S1-36, S1-38, S1-41).</summary>
public sealed class OfferServices(FindOffers offers, FindPaymentServices services, TimeProvider clock)
{
    /// <summary>Those that can be chosen today first, then those that have not started; what has ended is not among them.</summary>
    public async Task<IReadOnlyList<OfferedPaymentService>> Of(Offer offer, CancellationToken stop = default)
    {
        if (!offer.IsClaimed) return [];
        var today = clock.Today();
        return [.. (await All(offer, stop)).Where(s => s.Service.IsOn && (s.Until is null || s.Until >= today)).OrderByDescending(s => s.IsOpen(today))];
    }

    /// <summary>Each, also those that have ended or rest.</summary>
    private async Task<List<OfferedPaymentService>> All(Offer offer, CancellationToken stop)
    {
        var listed = (await offers.ServicesOf(offer.Programme, stop)).ToDictionary(s => s.Service);
        var starts = (await services.Starts(stop: stop)).Where(s => s.Municipality == offer.Municipality).ToDictionary(s => s.Service);
        var found = new List<OfferedPaymentService>();
        foreach (var service in await services.All(stop))
        {
            var (mine, start) = (listed.GetValueOrDefault(service.Id), starts.GetValueOrDefault(service.Id));
            if (listed.Count > 0 ? mine is null : start is null) continue;
            var until = new[] { mine?.Until, start?.Until }.Where(d => d is not null).Min();
            found.Add(new OfferedPaymentService(service, start is null ? null : mine?.From > start.From ? mine.From : start.From, until));
        }
        return found;
    }
}
