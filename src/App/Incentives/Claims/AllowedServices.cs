using MyKey.Kernel;

namespace MyKey.App.Claims;

/// <summary>How what a programme grants can be received (K-25).</summary>
/// <param name="Municipal">As points of the municipality.</param>
/// <param name="Services">Null: by each payment service that has started for the municipality.</param>
public sealed record WaysToReceive(bool Municipal, IReadOnlySet<PaymentServiceId>? Services);

/// <summary>Which ways a programme allows on a day (S1-38, S1-41).</summary>
public sealed record AllowedServices(Func<ProgrammeId, DateOnly, CancellationToken, Task<WaysToReceive>> Of)
{
    /// <summary>Where nothing is said of a programme.</summary>
    public static AllowedServices Each { get; } = new((_, _, _) => Task.FromResult(new WaysToReceive(true, null)));
}
