using Dapper;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Terminals;

/// <summary>The shop's own code at its terminal: for a cancellation each time, for day list and settings as a session of 8 hours.</summary>
public sealed class OpenShop(Database database, PasswordHash hash, Tries tries, OpenSessions sessions, OperationLog log)
{
    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 300_000, ForgetMs: Jst.DayMs);

    /// <summary>Judges the code alone, e.g. on the form of a cancellation.</summary>
    /// <returns><c>shop_code_wrong</c>; <c>shop_code_throttled</c> (fact <c>wait</c>, s); <c>busy</c>; <c>terminal_unknown</c>.</returns>
    public async Task<Result<bool>> Check(Terminal terminal, string? shopCode, CancellationToken stop = default)
    {
        var key = TryKey.Of("terminal.shop", terminal.Id.Value.ToString("N"));
        var waitMs = await database.Write(tx => tries.Reserve(tx, key, Rule), stop);
        if (waitMs > 0) return Refusal.Of("shop_code_throttled", ("wait", Tries.Seconds(waitMs)));
        (byte[] Salt, byte[] Hash, int Iterations)? row;
        await using (var connection = await database.Open(stop))
            row = await connection.QuerySingleOrDefaultAsync<(byte[], byte[], int)?>("select shop_salt, shop_hash, shop_iterations from idn_terminal where id = @Id and state = 2", new { terminal.Id });
        if (row is not { } stored) return Refusal.Of("terminal_unknown");
        var right = await hash.Matches(Typed.HalfWidth(shopCode), new StoredPassword(stored.Salt, stored.Hash, stored.Iterations), stop);
        if (right.Refused is not null) await database.Write(tx => tries.GiveBack(tx, key), stop);
        if (!right.Ok) return right;
        if (!right.Value) return Refusal.Of("shop_code_wrong");
        await database.Write(tx => tries.Clear(tx, key), stop);
        return true;
    }

    /// <summary>Opens the shop's session: day list and settings until it ends.</summary>
    /// <returns>Token for its cookie.</returns>
    public async Task<Result<string>> Open(Terminal terminal, string? shopCode, string? replaced = null, CancellationToken stop = default)
    {
        var judged = await Check(terminal, shopCode, stop);
        if (judged.Refused is { } no) return no;
        return await database.Write<Result<string>>(async tx =>
        {
            await log.Write(tx, new Operation("shop.opened", Actor.Of(terminal.Id), terminal.Id.Value, Terminal: terminal.Id));
            return await sessions.Open(tx, new NewSession(SessionKind.Terminal, Assurance.A2) { Terminal = terminal.Id }, replaced);
        }, stop);
    }
}
