using System.Threading.RateLimiting;
using MyKey.App.Shared.Web;
using MyKey.Identity.Machines;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>
/// The sign-in policy of machine clients: <c>Authorization: Bearer mk_live_…</c> (decision 7). A request that shows a key is judged by it alone,
/// whatever cookies come along. Wrong keys are bounded per client address, right ones per machine.
/// </summary>
public sealed class MachineShell(MachineKeys keys, Site site) : IDisposable
{
    private const string Scheme = "Bearer ";

    private readonly PartitionedRateLimiter<HttpContext> wrong = PartitionedRateLimiter.Create<HttpContext, System.Net.IPAddress>(context =>
        RateLimitPartition.GetSlidingWindowLimiter(Client.Network(context), _ => PerMinute(site.Limits.AttemptsPerMinute)));

    private readonly PartitionedRateLimiter<MachineId> calls = PartitionedRateLimiter.Create<MachineId, MachineId>(machine =>
        RateLimitPartition.GetSlidingWindowLimiter(machine, _ => PerMinute(site.Limits.MachinePerMinute)));

    public static bool HasKey(HttpContext context) => context.Request.Headers.Authorization.Count > 0;

    /// <returns>The machine; <c>key_unknown</c>, <c>rate_limited</c> (wait).</returns>
    public async Task<Result<Machine>> Enter(HttpContext context, CancellationToken stop)
    {
        if (wrong.GetStatistics(context)?.CurrentAvailablePermits == 0) return TooMany();
        var shown = context.Request.Headers.Authorization.ToString();
        var key = shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? shown[Scheme.Length..].Trim() : null;
        var found = await keys.Find(key, context.Connection.RemoteIpAddress, stop);
        if (found.Refused is not null)
        {
            using var counted = wrong.AttemptAcquire(context);
            return found;
        }
        context.RequestServices.GetRequiredService<Caller>().Actor = Actor.Of(found.Value.Id);
        using var call = calls.AttemptAcquire(found.Value.Id);
        return call.IsAcquired ? found : TooMany();
    }

    public void Dispose()
    {
        wrong.Dispose();
        calls.Dispose();
    }

    private static Refusal TooMany() => Refusal.Of("rate_limited", ("wait", 10));

    private static SlidingWindowRateLimiterOptions PerMinute(int permits) => new() { PermitLimit = permits, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6, QueueLimit = 0 };
}

public static class MachineCalls
{
    public static void AddMachineShell(this WebApplicationBuilder builder) => builder.Services.AddSingleton<MachineShell>();

    /// <summary>The machine whose key came along.</summary>
    public static Task<Result<Machine>> Machine(this HttpContext context) => context.RequestServices.GetRequiredService<MachineShell>().Enter(context, context.RequestAborted);

    /// <summary>A terminal by its cookie, or the own system of a shop or provider by its key.</summary>
    /// <returns>Also <c>role_forbidden</c> for a key that stands for neither.</returns>
    public static async ValueTask<Result<Terminal>> Till(this HttpContext context, CancellationToken stop) => MachineShell.HasKey(context)
        ? (await context.Machine()).Then(m => m.AsTill())
        : await context.RequestServices.GetRequiredService<FindTerminal>().ByToken(ShellCookie.Terminal.Read(context), stop);
}
