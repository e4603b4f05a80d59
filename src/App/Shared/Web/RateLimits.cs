using System.Threading.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>
/// Bounds for callers without login, per client address. Pages: <c>[EnableRateLimiting(RateLimits.Anonymous)]</c>; API:
/// <c>.RequireRateLimiting(RateLimits.Attempts)</c>.
/// </summary>
public static class RateLimits
{
    /// <summary>What everybody may open.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Where something could be guessed: passwords, codes, challenges.</summary>
    public const string Attempts = "attempts";

    private const int SegmentsPerMinute = 6;

    public static void AddRateLimits(this WebApplicationBuilder builder, Limits limits) => builder.Services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(Anonymous, context => PerMinute(context, limits.AnonymousPerMinute));
        limiter.AddPolicy(Attempts, context => PerMinute(context, limits.AttemptsPerMinute));
        limiter.OnRejected = (rejected, _) => new ValueTask(rejected.HttpContext.Refuse(Refusal.Of("rate_limited", ("wait", Wait(rejected.Lease)))));
    });

    private static RateLimitPartition<System.Net.IPAddress> PerMinute(HttpContext context, int permits) =>
        RateLimitPartition.GetSlidingWindowLimiter(Client.Network(context), _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = permits, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = SegmentsPerMinute, QueueLimit = 0,
        });

    private static int Wait(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 60 / SegmentsPerMinute;
}
