using MyKey.App.Offers;
using MyKey.Kernel;

namespace MyKey.App.Claims;

/// <summary>How what a programme grants can be received (K-25).</summary>
/// <param name="Municipal">As points of the municipality.</param>
/// <param name="Services">Null: by each payment service that has started for the municipality.</param>
public sealed record WaysToReceive(bool Municipal, IReadOnlySet<PaymentServiceId>? Services);

/// <summary>Which ways a programme allows on a day (S1-38, S1-41).</summary>
public sealed record AllowedServices(Func<ProgrammeId, DateOnly, CancellationToken, Task<WaysToReceive>> Of)
{
    /// <summary>By what its offer says; what was granted without one can be received any way.</summary>
    public static AllowedServices By(FindOffers offers) => new(async (programme, day, stop) =>
    {
        if (await offers.One(programme, stop) is not { } offer) return new WaysToReceive(true, null);
        var listed = await offers.ServicesOf(programme, stop);
        return new WaysToReceive(offer.Terms.Delivery != Delivery.PaymentService, listed.Count == 0 ? null : listed.Where(s => s.IsOpen(day)).Select(s => s.Service).ToHashSet());
    });
}
