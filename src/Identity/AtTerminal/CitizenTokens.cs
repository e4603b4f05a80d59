using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.AtTerminal;

/// <summary>How a citizen showed himself at a terminal (settings spend.tap, spend.password, spend.code; signed always).</summary>
public enum Way { Tap = 1, Password = 2, Signature = 3, Code = 4 }

/// <summary>A citizen who stands at a terminal.</summary>
/// <param name="Binding">For a signature: what it was bound to, e.g. the transfer id.</param>
public sealed record CitizenAtTerminal(Citizen Citizen, TerminalId Terminal, Way Way, string? Binding, long ExpiresMs);

/// <summary>
/// The citizen's token (decision 7): one use, 5 minutes, one terminal. Reading holdings with it changes nothing; the first transfer that
/// succeeds takes it, and the same transfer may come again.
/// </summary>
public sealed class CitizenTokens(Database database, TimeProvider clock)
{
    public const long LifeMs = 5 * 60_000;

    /// <summary>For the companion of a transfer: runs in its transaction, must touch one row, otherwise <c>token_expired</c>. A suspension holds here, too.</summary>
    public const string TakeSql = """
        update idn_citizen_token set transfer = @TokenTransfer
        where token_hash = @TokenHash and terminal = @TokenTerminal and citizen = @TokenCitizen and expires_ms > @TokenNow and (transfer is null or transfer = @TokenTransfer)
          and exists (select 1 from idn_citizen c where c.id = idn_citizen_token.citizen and c.state = 1)
        """;

    /// <returns>Who it is; <c>token_expired</c> for a token that is unknown, used, too old or another terminal's; <c>id_suspended</c>.</returns>
    /// <param name="repeat">The transfer that may have taken the token already: a repeat is let through and answered as before.</param>
    public async Task<Result<CitizenAtTerminal>> Find(string? token, Terminal terminal, TransferId? repeat = null, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(token)) return Refusal.Of("token_expired");
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(CitizenId Citizen, Way Way, string? Binding, long ExpiresMs)?>("""
            select citizen, way, binding, expires_ms from idn_citizen_token where token_hash = @Hash and terminal = @Terminal
              and (transfer = @Repeat or (transfer is null and expires_ms > @Now))
            """, new { Hash = Token.HashOf(token), Terminal = terminal.Id, Now = clock.NowMs(), Repeat = repeat ?? new TransferId(Guid.Empty) });
        if (row is not { } found) return Refusal.Of("token_expired");
        var citizen = Must.Have(await FindCitizen.Get(connection, null, found.Citizen), "a token's citizen exists");
        return citizen.RequireActive().Then<CitizenAtTerminal>(c => new CitizenAtTerminal(c, terminal.Id, found.Way, found.Binding, found.ExpiresMs));
    }

    /// <summary>Parameters of <see cref="TakeSql"/>.</summary>
    public IReadOnlyList<(string Name, object? Value)> TakeParameters(string token, CitizenAtTerminal shown, TransferId transfer) =>
    [
        ("TokenHash", Token.HashOf(token)), ("TokenTerminal", shown.Terminal), ("TokenCitizen", shown.Citizen.Id), ("TokenTransfer", transfer), ("TokenNow", clock.NowMs()),
    ];

    /// <summary>Takes the token for a change that is no transfer, e.g. a library link; <paramref name="use"/> names that change.</summary>
    public async Task<Result<bool>> Take(Transaction tx, string token, CitizenAtTerminal shown, Guid use)
    {
        var values = new DynamicParameters();
        foreach (var (name, value) in TakeParameters(token, shown, new TransferId(use))) values.Add(name, value);
        return await tx.Connection.ExecuteAsync(TakeSql, values, tx.Handle) == 1 ? true : Refusal.Of("token_expired");
    }

    internal async Task<string> Open(Transaction tx, CitizenId citizen, Terminal terminal, Way way, string? binding = null)
    {
        var token = Token.New();
        await tx.Connection.ExecuteAsync("""
            insert into idn_citizen_token(token_hash, citizen, terminal, way, municipality, binding, expires_ms)
            values (@Hash, @Citizen, @Terminal, @Way, @Municipality, @Binding, @ExpiresMs)
            """, new { token.Hash, Citizen = citizen, Terminal = terminal.Id, Way = way, terminal.Municipality, Binding = binding, ExpiresMs = clock.NowMs() + LifeMs }, tx.Handle);
        return token.Text;
    }
}
