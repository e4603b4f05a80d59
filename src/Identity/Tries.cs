using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity;

/// <summary>How wrong tries slow down the next one: <paramref name="Free"/> without a wait, then 1, 2, 4 … s, at most the longest.</summary>
public sealed record TryRule(int Free, long LongestWaitMs, long ForgetMs);

/// <summary>What is tried, and by whom: a scope and the SHA-256 of the rest.</summary>
public readonly record struct TryKey(string Scope, byte[] Key)
{
    public static TryKey Of(string scope, params string[] parts) =>
        new(scope, SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
}

/// <summary>
/// Counts wrong tries in the database, so that all App processes see them. A try is counted as wrong <em>before</em> it is judged and
/// cleared when it was right: any number of guesses at the same instant gain nothing (V-D2).
/// </summary>
public sealed class Tries(TimeProvider clock)
{
    private const string Count = """
        insert into idn_try(scope, key, failures, last_ms, until_ms) values (@Scope, @Key, 1, @Now, 0)
        on conflict(scope, key) do update set failures = case when idn_try.last_ms < @Forget then 1 else idn_try.failures + 1 end, last_ms = @Now
        where idn_try.until_ms <= @Now
        returning failures
        """;

    /// <returns>0 when the try may be judged; else the milliseconds to wait, and nothing was counted.</returns>
    public async Task<long> Reserve(Transaction tx, TryKey key, TryRule rule)
    {
        var now = clock.NowMs();
        for (var round = 0; round < 5; round++)
        {
            var failures = await tx.Connection.QuerySingleOrDefaultAsync<int?>(Count, new { key.Scope, key.Key, Now = now, Forget = now - rule.ForgetMs }, tx.Handle);
            if (failures is { } n)
            {
                await tx.Connection.ExecuteAsync("update idn_try set until_ms = @Until where scope = @Scope and key = @Key", new { key.Scope, key.Key, Until = now + WaitMs(n, rule) }, tx.Handle);
                return 0;
            }
            var until = await tx.Connection.QuerySingleOrDefaultAsync<long?>("select until_ms from idn_try where scope = @Scope and key = @Key", new { key.Scope, key.Key }, tx.Handle);
            // Cleared by a right try in between: there is nothing to wait for any more.
            if (until > now) return until.Value - now;
        }
        throw new BrokenProperty("a counter is found or made in five rounds", nameof(Tries), 0);
    }

    /// <summary>A counted try that was not judged after all (too busy) does not count.</summary>
    public Task GiveBack(Transaction tx, TryKey key) =>
        tx.Connection.ExecuteAsync("update idn_try set failures = failures - 1, until_ms = @Now where scope = @Scope and key = @Key and failures > 0",
            new { key.Scope, key.Key, Now = clock.NowMs() }, tx.Handle);

    public Task Clear(Transaction tx, TryKey key) =>
        tx.Connection.ExecuteAsync("delete from idn_try where scope = @Scope and key = @Key", new { key.Scope, key.Key }, tx.Handle);

    /// <summary>How many tries were counted and not cleared.</summary>
    public static Task<int> Failures(Transaction tx, TryKey key) =>
        tx.Connection.QuerySingleOrDefaultAsync<int>("select failures from idn_try where scope = @Scope and key = @Key", new { key.Scope, key.Key }, tx.Handle);

    /// <summary>Wait after the n-th wrong try.</summary>
    public static long WaitMs(int failures, TryRule rule) =>
        failures < rule.Free ? 0 : Backoff.WaitMs(failures - rule.Free, 1000, rule.LongestWaitMs);

    /// <summary>Whole seconds, rounded up, as <c>login_throttled</c> tells them.</summary>
    public static long Seconds(long waitMs) => (waitMs + 999) / 1000;
}
