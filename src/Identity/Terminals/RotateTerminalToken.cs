using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Terminals;

/// <summary>
/// Gives a terminal a new token every day. The old one stays good until the new one has come back once, so that a lost answer shuts
/// nobody out; then it is dead.
/// </summary>
public sealed class RotateTerminalToken(Database database, TimeProvider clock, FindTerminal find, OperationLog log)
{
    /// <summary>Call where a cookie can be set, e.g. at the terminal's start page.</summary>
    /// <returns>The new token to set, or null when the present one stays.</returns>
    public async Task<string?> Rotate(string? token, CancellationToken stop = default)
    {
        var hash = Token.HashOf(token);
        var now = clock.NowMs();
        var fresh = Token.New();
        var (changed, offered) = await database.Write(async tx =>
        {
            var settled = await tx.Connection.ExecuteAsync("update idn_terminal set token_hash = next_hash, next_hash = null where next_hash = @Hash and state = 2", new { Hash = hash }, tx.Handle);
            if (settled == 1)
            {
                var id = await tx.Connection.QuerySingleAsync<TerminalId>("select id from idn_terminal where token_hash = @Hash", new { Hash = hash }, tx.Handle);
                await log.Write(tx, new Operation("terminal.token_rotated", Actor.Of(id), id.Value, Terminal: id));
            }
            var rows = settled == 1 ? 0 : await tx.Connection.ExecuteAsync("update idn_terminal set next_hash = @Fresh, token_ms = @Now where token_hash = @Hash and state = 2 and token_ms <= @Due",
                new { Hash = hash, Fresh = fresh.Hash, Now = now, Due = now - Jst.DayMs }, tx.Handle);
            return (settled + rows > 0, rows == 1);
        }, stop);
        if (changed) find.Forget();
        return offered ? fresh.Text : null;
    }
}
