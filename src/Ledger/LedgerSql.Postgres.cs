using MyKey.Kernel.Db;
using Npgsql;
using NpgsqlTypes;

namespace MyKey.Ledger;

/// <summary>
/// Two round trips a batch. Every look-up by unnest is a lateral join with <c>offset 0</c>, so that a plan made on an empty table can't turn
/// round; the session plans generically for the same reason.
/// </summary>
internal sealed class PostgresLedgerSql(Database database) : LedgerSql
{
    private const string LockHeads = """
        select h.bucket, h.height, h.hash, h.epoch from ledger_head h where h.bucket = any($1) order by h.bucket for update
        """;

    private const string TransferColumns = "t.bucket, t.id, t.kind, t.citizen, t.actor_kind, t.actor, t.acceptor, t.programme, t.cancels, t.issuer, t.amount, t.legs, t.time_ms, t.height, t.pos";

    private const string LotColumns = """
        l.bucket, l.citizen, l.id, l.kind, l.issuer, l.owner, l.acquired_on, l.expires_on, l.amount, l.remaining, l.source_kind, l.partner,
        l.rate_partner, l.rate_municipal, l.programme, l.parent, l.entry_no, l.commitment, l.last_transfer, l.closed
        """;

    private const string LoadLots = $"""
        select {LotColumns} from unnest($1, $2) k(bucket, citizen)
        cross join lateral (select * from ledger_lot o where o.bucket = k.bucket and o.citizen = k.citizen and o.closed = 0 offset 0) l
        """;

    private const string LoadTransfers = $"""
        select {TransferColumns} from unnest($1, $2) k(bucket, id)
        cross join lateral (select * from ledger_transfer o where o.bucket = k.bucket and o.id = k.id offset 0) t
        """;

    private const string LoadCancelled = """
        select k.bucket, k.id, t.amount from unnest($1, $2) k(bucket, id)
        cross join lateral (select amount from ledger_transfer o where o.bucket = k.bucket and o.cancels = k.id offset 0) t
        """;

    private const string LoadLotsOfCancelled = $"""
        select {LotColumns} from (
          select distinct t.bucket, t.citizen from unnest($1, $2) k(bucket, id)
          cross join lateral (select * from ledger_transfer o where o.bucket = k.bucket and o.id = k.id offset 0) t) c
        cross join lateral (select * from ledger_lot o where o.bucket = c.bucket and o.citizen = c.citizen offset 0) l
        """;

    private const string HolderColumns = "p.bucket, p.holder, p.programme, p.service, p.given, p.entry_no, p.commitment, p.last_transfer";

    private const string LoadHolders = $"""
        select {HolderColumns} from unnest($1, $2) k(bucket, holder)
        cross join lateral (select * from ledger_premium o where o.bucket = k.bucket and o.holder = k.holder offset 0) p
        """;

    private const string LoadHoldersOfPremiums = $"""
        select {HolderColumns} from (
          select distinct t.bucket, t.citizen from unnest($1, $2) k(bucket, id)
          cross join lateral (select * from ledger_transfer o where o.bucket = k.bucket and o.id = k.id offset 0) t) c
        cross join lateral (select * from ledger_premium o where o.bucket = c.bucket and o.holder = c.citizen offset 0) p
        """;

    private const string InsertHolders = """
        insert into ledger_premium(bucket, holder, programme, service, given, entry_no, commitment, last_transfer) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string UpdateHolders = """
        update ledger_premium p set given = u.given, entry_no = u.entry_no, commitment = u.commitment, last_transfer = u.last_transfer
        from unnest($1, $2, $3, $4, $5, $6) u(bucket, holder, given, entry_no, commitment, last_transfer) where p.bucket = u.bucket and p.holder = u.holder
        """;

    private const string LimitRest = "select total - taken from ledger_limit where bucket = $1 and id = $2 for update";

    private const string InsertTransfers = """
        insert into ledger_transfer(bucket, id, kind, citizen, entry_no, previous, time_ms, civil_day, actor_kind, actor, acceptor, terminal,
          programme, cancels, settings, issuer, amount, legs, height, pos)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """;

    private const string InsertEntries = """
        insert into ledger_entry(bucket, height, pos, kind, commitment, salt, record) select * from unnest($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string InsertBlocks = """
        insert into ledger_block(bucket, height, previous_hash, count, entries_root, time_ms, writer, epoch, sums, hash)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string MoveHeads = """
        update ledger_head h set height = u.height, hash = u.hash from unnest($1, $2, $3) u(bucket, height, hash) where h.bucket = u.bucket
        """;

    private const string UpdateLots = """
        update ledger_lot l set remaining = u.remaining, entry_no = u.entry_no, commitment = u.commitment, last_transfer = u.last_transfer, closed = u.closed
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) u(bucket, citizen, id, remaining, entry_no, commitment, last_transfer, closed)
        where l.bucket = u.bucket and l.citizen = u.citizen and l.id = u.id
        """;

    private const string InsertLots = """
        insert into ledger_lot(bucket, citizen, id, kind, issuer, owner, acquired_on, expires_on, amount, remaining, source_kind, partner,
          rate_partner, rate_municipal, programme, parent, entry_no, commitment, last_transfer, closed)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """;

    private NpgsqlConnection? connection;
    private bool open;

    public override async Task<Loaded> Load(Need need)
    {
        connection ??= await Connect();
        await using var batch = new NpgsqlBatch(connection);
        if (!open) batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        open = true;
        batch.BatchCommands.Add(Command(LockHeads, Array(need.Buckets)));
        batch.BatchCommands.Add(Command(LoadLots, Column(need.Citizens, c => c.Bucket), Column(need.Citizens, c => c.Citizen.Value)));
        batch.BatchCommands.Add(Command(LoadTransfers, Column(need.Ids, c => c.Bucket), Column(need.Ids, c => c.Id.Value)));
        if (need.Cancelled.Count > 0)
        {
            batch.BatchCommands.Add(Command(LoadCancelled, Column(need.Cancelled, c => c.Bucket), Column(need.Cancelled, c => c.Id.Value)));
            batch.BatchCommands.Add(Command(LoadLotsOfCancelled, Column(need.Cancelled, c => c.Bucket), Column(need.Cancelled, c => c.Id.Value)));
        }
        if (need.Holders.Count > 0) batch.BatchCommands.Add(Command(LoadHolders, Column(need.Holders, h => h.Bucket), Column(need.Holders, h => h.Holder.Value)));
        if (need.Premiums.Count > 0) batch.BatchCommands.Add(Command(LoadHoldersOfPremiums, Column(need.Premiums, p => p.Bucket), Column(need.Premiums, p => p.Id.Value)));
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        return await Read(reader, need);
    }

    public override async Task<int> Run(IReadOnlyList<Companion> companions)
    {
        if (companions.Any(c => c.Many is not null) && await Companions([.. PostgresCompanions.Together(companions)]) < 0) return -1;
        return await Companions([.. companions.Select(c => (PostgresCompanions.Alone(c), c.Rows))]);
    }

    /// <returns>-1, or the index of the first that touched another number of rows; then all of them are undone.</returns>
    private async Task<int> Companions(List<(NpgsqlBatchCommand Command, int Rows)> commands)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("savepoint companions"));
        foreach (var (command, _) in commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync();
        var wrong = commands.FindIndex(c => (int)c.Command.RecordsAffected != c.Rows);
        if (wrong >= 0) await Execute("rollback to savepoint companions");
        return wrong;
    }

    public override async Task<long?> RestOf(int bucket, LimitId limit)
    {
        await using var command = new NpgsqlCommand(LimitRest, connection) { Parameters = { new NpgsqlParameter { Value = bucket }, new NpgsqlParameter { Value = limit.Value } } };
        return (long?)await command.ExecuteScalarAsync();
    }

    public override async Task Write(IReadOnlyList<BlockToWrite> blocks, IReadOnlyList<Lot> lots, IReadOnlyList<PremiumHolder> holders)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (blocks.Count > 0)
        {
            AddEntries(batch, blocks.SelectMany(b => b.Entries.Select((e, pos) => (Block: b.Header, Entry: e, Pos: pos))).ToList());
            AddLots(batch, lots);
            AddHolders(batch, holders);
            AddBlocks(batch, blocks);
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
        open = false;
        CheckRows(batch, blocks, (lots.Count(l => l.Change == LotChange.Updated), holders.Count(h => h.Change == LotChange.Updated)));
    }

    protected override async Task RollBack()
    {
        if (open && connection is not null) await Execute("rollback");
        open = false;
    }

    protected override async Task GiveUp()
    {
        var lost = connection;
        (connection, open) = (null, false);
        if (lost is not null) await lost.DisposeAsync();
    }

    private async Task<NpgsqlConnection> Connect()
    {
        var made = (NpgsqlConnection)await database.Open();
        await using var settings = new NpgsqlCommand("set plan_cache_mode = force_generic_plan; set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off; set jit = off", made);
        await settings.ExecuteNonQueryAsync();
        return made;
    }

    private async Task Execute(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<Loaded> Read(NpgsqlDataReader r, Need need)
    {
        var loaded = new Loaded();
        while (await r.ReadAsync()) loaded.Heads.Add(r.GetInt32(0), new Head(r.GetInt32(0), r.GetInt64(1), r.GetFieldValue<byte[]>(2), r.GetInt32(3)));
        await r.NextResultAsync();
        while (await r.ReadAsync()) loaded.Add(ReadLot(r));
        await r.NextResultAsync();
        while (await r.ReadAsync())
        {
            var row = ReadTransfer(r);
            loaded.Transfers[(row.Bucket, row.Id)] = row;
        }
        if (need.Cancelled.Count > 0) await ReadCancelled(r, loaded);
        for (var sets = (need.Holders.Count > 0 ? 1 : 0) + (need.Premiums.Count > 0 ? 1 : 0); sets > 0; sets--)
        {
            await r.NextResultAsync();
            while (await r.ReadAsync())
            {
                var holder = ReadHolder(r);
                loaded.Premiums[holder.Holder] = holder;
            }
        }
        return loaded;
    }

    private static async Task ReadCancelled(NpgsqlDataReader r, Loaded loaded)
    {
        await r.NextResultAsync();
        while (await r.ReadAsync()) loaded.Add(r.GetInt32(0), new TransferId(r.GetGuid(1)), r.GetInt64(2));
        await r.NextResultAsync();
        var whole = new Dictionary<CitizenId, List<Lot>>();
        while (await r.ReadAsync())
        {
            var lot = ReadLot(r);
            if (!whole.TryGetValue(lot.Citizen, out var lots)) whole.Add(lot.Citizen, lots = []);
            lots.Add(lot);
        }
        foreach (var (citizen, lots) in whole) loaded.Lots[citizen] = lots;
    }

    private static PremiumHolder ReadHolder(NpgsqlDataReader r) => new()
    {
        Bucket = r.GetInt32(0),
        Holder = new CitizenId(r.GetGuid(1)),
        Programme = new ProgrammeId(r.GetGuid(2)),
        Service = new PaymentServiceId(r.GetGuid(3)),
        Given = r.GetInt64(4),
        EntryNo = r.GetInt64(5),
        Commit = r.GetFieldValue<byte[]>(6),
        LastTransfer = new TransferId(r.GetGuid(7)),
    };

    private static Lot ReadLot(NpgsqlDataReader r) => new()
    {
        Bucket = r.GetInt32(0),
        Citizen = new CitizenId(r.GetGuid(1)),
        Id = new LotId(r.GetGuid(2)),
        Account = new Account((AccountKind)r.GetInt32(3), MunicipalityCode.Trusted(r.GetString(4)), r.GetGuid(5)),
        AcquiredOn = Jst.FromNumber(r.GetInt32(6)),
        ExpiresOn = Jst.FromNumber(r.GetInt32(7)),
        Amount = r.GetInt64(8),
        Remaining = r.GetInt64(9),
        Source = new LotSource((SourceKind)r.GetInt32(10), r.IsDBNull(11) ? null : new PartnerId(r.GetGuid(11)), (r.GetInt32(12), r.GetInt32(13))),
        Programme = r.IsDBNull(14) ? null : new ProgrammeId(r.GetGuid(14)),
        Parent = r.IsDBNull(15) ? null : new LotId(r.GetGuid(15)),
        EntryNo = r.GetInt64(16),
        Commit = r.GetFieldValue<byte[]>(17),
        LastTransfer = new TransferId(r.GetGuid(18)),
        Closed = r.GetInt32(19) == 1,
    };

    private static TransferRow ReadTransfer(NpgsqlDataReader r) => new(r.GetInt32(0), new TransferId(r.GetGuid(1)), (TransferKind)r.GetInt32(2),
        r.IsDBNull(3) ? null : new CitizenId(r.GetGuid(3)), new Actor((ActorKind)r.GetInt32(4), r.GetGuid(5)),
        r.IsDBNull(6) ? null : new AcceptorId(r.GetGuid(6)), r.IsDBNull(7) ? null : new ProgrammeId(r.GetGuid(7)),
        r.IsDBNull(8) ? null : new TransferId(r.GetGuid(8)), r.GetString(9), r.GetInt64(10), r.GetString(11), r.GetInt64(12), r.GetInt64(13), r.GetInt32(14));

    private static void AddEntries(NpgsqlBatch batch, List<(Kernel.Chain.BlockHeader Block, EntryToWrite Entry, int Pos)> all)
    {
        batch.BatchCommands.Add(Command(InsertTransfers,
            Column(all, x => x.Block.Bucket), Column(all, x => x.Entry.Record.Id.Value), Column(all, x => (int)x.Entry.Record.Kind),
            Column(all, x => x.Entry.Record.Citizen?.Value), Column(all, x => x.Entry.Record.EntryNo), Column(all, x => x.Entry.PreviousTransfer?.Value),
            Column(all, x => x.Entry.Record.TimeMs), Column(all, x => x.Entry.Record.CivilDay.ToNumber()),
            Column(all, x => (int)x.Entry.Record.Actor.Kind), Column(all, x => x.Entry.Record.Actor.Id), Column(all, x => x.Entry.Record.Acceptor?.Value),
            Column(all, x => x.Entry.Record.Terminal?.Value), Column(all, x => x.Entry.Record.Programme?.Value), Column(all, x => x.Entry.Record.Cancels?.Value),
            Column(all, x => x.Entry.Record.Settings), Column(all, x => x.Entry.Record.Issuer.Value), Column(all, x => x.Entry.Record.Amount),
            Column(all, x => x.Entry.Legs), Column(all, x => x.Block.Height), Column(all, x => x.Pos)));
        batch.BatchCommands.Add(Command(InsertEntries,
            Column(all, x => x.Block.Bucket), Column(all, x => x.Block.Height), Column(all, x => x.Pos), Column(all, x => (int)x.Entry.Record.Kind),
            Column(all, x => x.Entry.Commit), Column(all, x => x.Entry.Salt), Column(all, x => x.Entry.Bytes)));
    }

    private static void AddLots(NpgsqlBatch batch, IReadOnlyList<Lot> lots)
    {
        var (updated, inserted) = (lots.Where(l => l.Change == LotChange.Updated).ToList(), lots.Where(l => l.Change == LotChange.Inserted).ToList());
        if (inserted.Count > 0)
            batch.BatchCommands.Add(Command(InsertLots,
                Column(inserted, l => l.Bucket), Column(inserted, l => l.Citizen.Value), Column(inserted, l => l.Id.Value), Column(inserted, l => (int)l.Account.Kind),
                Column(inserted, l => l.Account.Issuer.Value), Column(inserted, l => l.Account.Owner), Column(inserted, l => l.AcquiredOn.ToNumber()),
                Column(inserted, l => l.ExpiresOn.ToNumber()), Column(inserted, l => l.Amount), Column(inserted, l => l.Remaining),
                Column(inserted, l => (int)l.Source.Kind), Column(inserted, l => l.Source.Partner?.Value), Column(inserted, l => l.Source.Rate.Partner),
                Column(inserted, l => l.Source.Rate.Municipal), Column(inserted, l => l.Programme?.Value), Column(inserted, l => l.Parent?.Value),
                Column(inserted, l => l.EntryNo), Column(inserted, l => l.Commit), Column(inserted, l => l.LastTransfer.Value), Column(inserted, l => l.Closed ? 1 : 0)));
        if (updated.Count > 0)
            batch.BatchCommands.Add(Command(UpdateLots,
                Column(updated, l => l.Bucket), Column(updated, l => l.Citizen.Value), Column(updated, l => l.Id.Value), Column(updated, l => l.Remaining),
                Column(updated, l => l.EntryNo), Column(updated, l => l.Commit), Column(updated, l => l.LastTransfer.Value), Column(updated, l => l.Closed ? 1 : 0)));
    }

    private static void AddHolders(NpgsqlBatch batch, IReadOnlyList<PremiumHolder> holders)
    {
        var (updated, inserted) = (holders.Where(h => h.Change == LotChange.Updated).ToList(), holders.Where(h => h.Change == LotChange.Inserted).ToList());
        if (inserted.Count > 0)
            batch.BatchCommands.Add(Command(InsertHolders,
                Column(inserted, h => h.Bucket), Column(inserted, h => h.Holder.Value), Column(inserted, h => h.Programme.Value), Column(inserted, h => h.Service.Value),
                Column(inserted, h => h.Given), Column(inserted, h => h.EntryNo), Column(inserted, h => h.Commit), Column(inserted, h => h.LastTransfer.Value)));
        if (updated.Count > 0)
            batch.BatchCommands.Add(Command(UpdateHolders,
                Column(updated, h => h.Bucket), Column(updated, h => h.Holder.Value), Column(updated, h => h.Given), Column(updated, h => h.EntryNo), Column(updated, h => h.Commit),
                Column(updated, h => h.LastTransfer.Value)));
    }

    private static void AddBlocks(NpgsqlBatch batch, IReadOnlyList<BlockToWrite> blocks)
    {
        batch.BatchCommands.Add(Command(InsertBlocks,
            Column(blocks, b => b.Header.Bucket), Column(blocks, b => b.Header.Height), Column(blocks, b => b.Header.PreviousHash), Column(blocks, b => b.Header.Count),
            Column(blocks, b => b.Header.EntriesRoot), Column(blocks, b => b.Header.TimeMs), Column(blocks, b => b.Header.Writer), Column(blocks, b => b.Header.Epoch),
            Column(blocks, b => b.Sums), Column(blocks, b => b.Hash)));
        batch.BatchCommands.Add(Command(MoveHeads, Column(blocks, b => b.Header.Bucket), Column(blocks, b => b.Header.Height), Column(blocks, b => b.Hash)));
    }

    private static void CheckRows(NpgsqlBatch batch, IReadOnlyList<BlockToWrite> blocks, (int Lots, int Holders) updated)
    {
        foreach (var command in batch.BatchCommands)
        {
            if (command.CommandText == UpdateLots) Must.Hold((int)command.RecordsAffected == updated.Lots, "every touched lot was updated");
            if (command.CommandText == UpdateHolders) Must.Hold((int)command.RecordsAffected == updated.Holders, "every touched holder of premiums was updated");
            if (command.CommandText == MoveHeads) Must.Hold((int)command.RecordsAffected == blocks.Count, "every head moved");
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter Array<T>(T[] values) => new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | TypeOf<T>() };

    private static NpgsqlParameter Column<TRow, T>(IReadOnlyList<TRow> rows, Func<TRow, T> cell)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = cell(rows[i]);
        return Array(values);
    }

    private static NpgsqlDbType TypeOf<T>() =>
        typeof(T) == typeof(int) ? NpgsqlDbType.Integer
        : typeof(T) == typeof(long) ? NpgsqlDbType.Bigint
        : typeof(T) == typeof(string) ? NpgsqlDbType.Text
        : typeof(T) == typeof(byte[]) ? NpgsqlDbType.Bytea
        : NpgsqlDbType.Uuid;
}
