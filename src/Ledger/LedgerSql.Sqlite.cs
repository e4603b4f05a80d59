using Microsoft.Data.Sqlite;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>The same statements one row at a time, prepared once: in one process a call costs less than building sets.</summary>
internal sealed class SqliteLedgerSql(Database database) : LedgerSql
{
    private const string LotColumns = """
        bucket, citizen, id, kind, issuer, owner, acquired_on, expires_on, amount, remaining, source_kind, partner, rate_partner, rate_municipal,
        programme, parent, entry_no, commitment, last_transfer, closed
        """;

    private const string TransferColumns = "bucket, id, kind, citizen, actor_kind, actor, acceptor, programme, cancels, issuer, amount, legs, time_ms, height, pos";

    private readonly Dictionary<string, SqliteCommand> prepared = [];
    private SqliteConnection? connection;
    private bool open;

    public override async Task<Loaded> Load(Need need)
    {
        if (!open)
        {
            await database.SqliteWriter.WaitAsync();
            open = true;
            connection ??= (SqliteConnection)await database.Open();
            Run("begin immediate");
        }
        return LoadNow(need);
    }

    public override Task<int> Run(IReadOnlyList<Companion> companions)
    {
        Run("savepoint companions");
        for (var i = 0; i < companions.Count; i++)
        {
            using var command = connection!.CreateCommand();
            command.CommandText = companions[i].Sql;
            foreach (var (name, value) in companions[i].Parameters) command.Parameters.AddWithValue("@" + name, Plain(value));
            if (command.ExecuteNonQuery() == companions[i].Rows) continue;
            Run("rollback to savepoint companions");
            return Task.FromResult(i);
        }
        return Task.FromResult(-1);
    }

    public override Task Write(IReadOnlyList<BlockToWrite> blocks, IReadOnlyList<Lot> lots)
    {
        foreach (var block in blocks) Write(block);
        foreach (var lot in lots)
        {
            if (lot.Change == LotChange.Inserted) Insert(lot);
            else Must.Hold(Update(lot) == 1, "every touched lot was updated");
        }
        Run("commit");
        Close();
        return Task.CompletedTask;
    }

    public override Task Abandon()
    {
        if (!open) return Task.CompletedTask;
        try
        {
            if (connection is not null) Run("rollback");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself (full disk) or never began.
        }
        Close();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await Abandon();
        foreach (var command in prepared.Values) await command.DisposeAsync();
        if (connection is not null) await connection.DisposeAsync();
    }

    private void Close()
    {
        open = false;
        database.SqliteWriter.Release();
    }

    private Loaded LoadNow(Need need)
    {
        var loaded = new Loaded();
        foreach (var bucket in need.Buckets)
            Query("select bucket, height, hash, epoch from ledger_head where bucket = $1",
                r => loaded.Heads.Add(bucket, new Head(bucket, r.GetInt64(1), r.GetFieldValue<byte[]>(2), r.GetInt32(3))), bucket);
        foreach (var (bucket, citizen) in need.Citizens)
            Query($"select {LotColumns} from ledger_lot where bucket = $1 and citizen = $2 and closed = 0", r => loaded.Add(ReadLot(r)), bucket, Bytes(citizen.Value));
        foreach (var key in need.Ids)
            Query($"select {TransferColumns} from ledger_transfer where bucket = $1 and id = $2", r => loaded.Transfers[key] = ReadTransfer(r), key.Bucket, Bytes(key.Id.Value));
        foreach (var key in need.Cancelled)
        {
            Query("select 1 from ledger_transfer where bucket = $1 and cancels = $2", _ => loaded.Cancelled.Add(key), key.Bucket, Bytes(key.Id.Value));
            if (!loaded.Transfers.TryGetValue(key, out var original) || original.Citizen is not { } citizen) continue;
            loaded.Lots.Remove(citizen);
            Query($"select {LotColumns} from ledger_lot where bucket = $1 and citizen = $2", r => loaded.Add(ReadLot(r)), key.Bucket, Bytes(citizen.Value));
        }
        return loaded;
    }

    private void Write(BlockToWrite block)
    {
        var h = block.Header;
        for (var pos = 0; pos < block.Entries.Count; pos++)
        {
            var (entry, t) = (block.Entries[pos], block.Entries[pos].Record);
            Run("insert into ledger_transfer values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                h.Bucket, Bytes(t.Id.Value), (int)t.Kind, Bytes(t.Citizen?.Value), t.EntryNo, Bytes(entry.PreviousTransfer?.Value), t.TimeMs, t.CivilDay.ToNumber(),
                (int)t.Actor.Kind, Bytes(t.Actor.Id), Bytes(t.Acceptor?.Value), Bytes(t.Terminal?.Value), Bytes(t.Programme?.Value), Bytes(t.Cancels?.Value),
                t.Settings, t.Issuer.Value, t.Amount, entry.Legs, h.Height, pos);
            Run("insert into ledger_entry values ($1, $2, $3, $4, $5, $6, $7)", h.Bucket, h.Height, pos, (int)t.Kind, entry.Commit, entry.Salt, entry.Bytes);
        }
        Run("insert into ledger_block values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            h.Bucket, h.Height, h.PreviousHash, h.Count, h.EntriesRoot, h.TimeMs, Bytes(h.Writer), h.Epoch, block.Sums, block.Hash);
        Must.Hold(Run("update ledger_head set height = $2, hash = $3 where bucket = $1", h.Bucket, h.Height, block.Hash) == 1, "every head moved");
    }

    private void Insert(Lot lot) =>
        Run("insert into ledger_lot values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
            lot.Bucket, Bytes(lot.Citizen.Value), Bytes(lot.Id.Value), (int)lot.Account.Kind, lot.Account.Issuer.Value, Bytes(lot.Account.Owner),
            lot.AcquiredOn.ToNumber(), lot.ExpiresOn.ToNumber(), lot.Amount, lot.Remaining, (int)lot.Source.Kind, Bytes(lot.Source.Partner?.Value),
            lot.Source.Rate.Partner, lot.Source.Rate.Municipal, Bytes(lot.Programme?.Value), Bytes(lot.Parent?.Value), lot.EntryNo, lot.Commit,
            Bytes(lot.LastTransfer.Value), lot.Closed ? 1 : 0);

    private int Update(Lot lot) =>
        Run("update ledger_lot set remaining = $4, entry_no = $5, commitment = $6, last_transfer = $7, closed = $8 where bucket = $1 and citizen = $2 and id = $3",
            lot.Bucket, Bytes(lot.Citizen.Value), Bytes(lot.Id.Value), lot.Remaining, lot.EntryNo, lot.Commit, Bytes(lot.LastTransfer.Value), lot.Closed ? 1 : 0);

    private static Lot ReadLot(SqliteDataReader r) => new()
    {
        Bucket = r.GetInt32(0),
        Citizen = new CitizenId(Id(r, 1)),
        Id = new LotId(Id(r, 2)),
        Account = new Account((AccountKind)r.GetInt32(3), MunicipalityCode.Trusted(r.GetString(4)), Id(r, 5)),
        AcquiredOn = Jst.FromNumber(r.GetInt32(6)),
        ExpiresOn = Jst.FromNumber(r.GetInt32(7)),
        Amount = r.GetInt64(8),
        Remaining = r.GetInt64(9),
        Source = new LotSource((SourceKind)r.GetInt32(10), r.IsDBNull(11) ? null : new PartnerId(Id(r, 11)), (r.GetInt32(12), r.GetInt32(13))),
        Programme = r.IsDBNull(14) ? null : new ProgrammeId(Id(r, 14)),
        Parent = r.IsDBNull(15) ? null : new LotId(Id(r, 15)),
        EntryNo = r.GetInt64(16),
        Commit = r.GetFieldValue<byte[]>(17),
        LastTransfer = new TransferId(Id(r, 18)),
        Closed = r.GetInt32(19) == 1,
    };

    private static TransferRow ReadTransfer(SqliteDataReader r) => new(r.GetInt32(0), new TransferId(Id(r, 1)), (TransferKind)r.GetInt32(2),
        r.IsDBNull(3) ? null : new CitizenId(Id(r, 3)), new Actor((ActorKind)r.GetInt32(4), Id(r, 5)), r.IsDBNull(6) ? null : new AcceptorId(Id(r, 6)),
        r.IsDBNull(7) ? null : new ProgrammeId(Id(r, 7)), r.IsDBNull(8) ? null : new TransferId(Id(r, 8)), r.GetString(9), r.GetInt64(10), r.GetString(11),
        r.GetInt64(12), r.GetInt64(13), r.GetInt32(14));

    private void Query(string sql, Action<SqliteDataReader> row, params ReadOnlySpan<object> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read()) row(reader);
    }

    private int Run(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteNonQuery();

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection!.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            prepared.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command;
    }

    private static object Plain(object? value) => value switch { null => DBNull.Value, Guid id => id.Bytes(), var other => other };

    private static byte[] Bytes(Guid id) => id.Bytes();

    private static object Bytes(Guid? id) => id is { } value ? value.Bytes() : DBNull.Value;

    private static Guid Id(SqliteDataReader r, int i) => new(r.GetFieldValue<byte[]>(i), bigEndian: true);
}
