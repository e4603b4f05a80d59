using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
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

    public static void AddRateLimits(this WebApplicationBuilder builder, Limits limits) => builder.Services.AddSingleton(new RateLimiter(limits));

    /// <summary>After the endpoint is known.</summary>
    public static void UseRateLimits(this WebApplication app) => app.UseMiddleware<RateLimitRule>();
}

/// <summary>Who has asked how often in the last minute. The limiter is ours, because that of the framework's middleware is never disposed: its timer holds a whole App in memory after its end.</summary>
public sealed class RateLimiter(Limits limits) : IDisposable
{
    public const int SegmentsPerMinute = 6;

    private readonly PartitionedRateLimiter<(string Policy, IPAddress Network)> bounds = PartitionedRateLimiter.Create<(string Policy, IPAddress Network), (string, IPAddress)>(
        who => RateLimitPartition.GetSlidingWindowLimiter(who, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = who.Policy == RateLimits.Attempts ? limits.AttemptsPerMinute : limits.AnonymousPerMinute, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = SegmentsPerMinute, QueueLimit = 0,
        }));

    public RateLimitLease Ask(string policy, IPAddress network) => bounds.AttemptAcquire((policy, network));

    public void Dispose() => bounds.Dispose();
}

/// <summary>Refuses with <c>rate_limited</c> (wait, in seconds) what comes too often.</summary>
public sealed class RateLimitRule(RequestDelegate next, RateLimiter limiter)
{
    public async Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName is { } policy)
        {
            using var lease = limiter.Ask(policy, Client.Network(context));
            if (!lease.IsAcquired)
            {
                await context.Refuse(Refusal.Of("rate_limited", ("wait", Wait(lease))));
                return;
            }
        }
        await next(context);
    }

    private static int Wait(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 60 / RateLimiter.SegmentsPerMinute;
}
