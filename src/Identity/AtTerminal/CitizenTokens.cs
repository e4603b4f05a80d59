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
public sealed class CitizenTokens
{
    public const long LifeMs = 5 * 60_000;

    private const string Columns = "t.citizen, t.terminal, t.way, t.binding, t.transfer, t.expires_ms, c.state, c.base_municipality, c.tap_off, m.my_key_id";

    private const string FindOnPostgres = $"""
        select k.no - 1 as no, {Columns} from unnest(@hashes) with ordinality k(hash, no)
        cross join lateral (select * from idn_citizen_token o where o.token_hash = k.hash offset 0) t
        left join lateral (select * from idn_citizen o where o.id = t.citizen offset 0) c on true
        left join lateral (select * from idn_mykey_id o where o.citizen = t.citizen and o.state = 1 offset 0) m on true
        """;

    private const string FindOnSqlite = $"""
        select k.key as no, {Columns} from json_each(@hashes) k join idn_citizen_token t on t.token_hash = unhex(k.value)
        left join idn_citizen c on c.id = t.citizen left join idn_mykey_id m on m.citizen = t.citizen and m.state = 1
        """;

    /// <summary>For the companion of a transfer: runs in its transaction, must touch one row, otherwise <c>token_expired</c>. A suspension holds here, too.</summary>
    public const string TakeSql = $"update idn_citizen_token set transfer = @TokenTransfer {Takeable}";

    private const string TakeForChange = $"update idn_citizen_token set transfer = @TokenTransfer, for_change = 1 {Takeable}";

    private const string Takeable = """
        where token_hash = @TokenHash and terminal = @TokenTerminal and citizen = @TokenCitizen and expires_ms > @TokenNow and (transfer is null or transfer = @TokenTransfer)
          and exists (select 1 from idn_citizen c where c.id = idn_citizen_token.citizen and c.state = 1)
        """;

    /// <summary><see cref="TakeSql"/> for the tokens of many transfers at once, PostgreSQL.</summary>
    public const string TakeManySql = """
        update idn_citizen_token t set transfer = k.transfer
        from unnest(@TokenHash, @TokenTerminal, @TokenCitizen, @TokenTransfer, @TokenNow) k(hash, terminal, citizen, transfer, now)
        where t.token_hash = k.hash and t.terminal = k.terminal and t.citizen = k.citizen and t.expires_ms > k.now
          and (t.transfer is null or t.transfer = k.transfer) and exists (select 1 from idn_citizen c where c.id = t.citizen and c.state = 1)
        """;

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Gathered<byte[], Row> rows;

    public CitizenTokens(Database database, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        rows = new Gathered<byte[], Row>(Load);
    }

    /// <returns>Who it is; <c>token_expired</c> for a token that is unknown, used, too old or another terminal's; <c>id_suspended</c>.</returns>
    /// <param name="repeat">The transfer that may have taken the token already: a repeat is let through and answered as before.</param>
    public async Task<Result<CitizenAtTerminal>> Find(string? token, Terminal terminal, TransferId? repeat = null, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(token)) return Refusal.Of("token_expired");
        stop.ThrowIfCancellationRequested();
        var row = await rows.Find(Token.HashOf(token));
        if (row is null || row.Terminal != terminal.Id || !(row.Transfer is { } taken ? taken == repeat : row.ExpiresMs > clock.NowMs())) return Refusal.Of("token_expired");
        return row.Holder().RequireActive().Then<CitizenAtTerminal>(c => new CitizenAtTerminal(c, terminal.Id, row.Way, row.Binding, row.ExpiresMs));
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
        return await tx.Connection.ExecuteAsync(TakeForChange, values, tx.Handle) == 1 ? true : Refusal.Of("token_expired");
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

    private async Task<IReadOnlyList<Row?>> Load(IReadOnlyList<byte[]> hashes)
    {
        await using var connection = await database.Open();
        var found = database.Engine == Engine.Postgres
            ? await connection.QueryAsync<Row>(FindOnPostgres, new { hashes = hashes.ToArray() })
            : await connection.QueryAsync<Row>(FindOnSqlite, new { hashes = $"[{string.Join(',', hashes.Select(h => $"\"{Convert.ToHexString(h)}\""))}]" });
        var inOrder = new Row?[hashes.Count];
        foreach (var row in found) inOrder[row.No] = row;
        return inOrder;
    }

    /// <summary>A token with its citizen.</summary>
    private sealed class Row
    {
        public long No { get; init; }

        public CitizenId Citizen { get; init; }

        public TerminalId Terminal { get; init; }

        public Way Way { get; init; }

        public string? Binding { get; init; }

        public TransferId? Transfer { get; init; }

        public long ExpiresMs { get; init; }

        public CitizenState? State { get; init; }

        public MunicipalityCode? BaseMunicipality { get; init; }

        public bool TapOff { get; init; }

        public string? MyKeyId { get; init; }

        public Citizen Holder()
        {
            Must.Hold(State is not null, "a token's citizen exists");
            return new Citizen(Citizen, State!.Value, Citizens.MyKeyId.Stored(Must.Have(MyKeyId, "a token's citizen has a MyKey ID")), BaseMunicipality, TapOff);
        }
    }
}
