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

    private SqliteConnection? connection;
    private Statements? statements;
    private bool open;

    public override async Task<Loaded> Load(Need need)
    {
        if (!open)
        {
            await database.SqliteWriter.WaitAsync();
            open = true;
            connection ??= (SqliteConnection)await database.Open();
            statements ??= Prepare(connection);
            statements.Begin.Run();
        }
        return LoadNow(need, statements!);
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

    public override Task<long?> RestOf(int bucket, LimitId limit)
    {
        long? rest = null;
        for (var r = Must.Have(statements, "a batch is loaded").LimitRest.Add(bucket).Add(limit.Value); r.Next();) rest = r.Long(0);
        return Task.FromResult(rest);
    }

    public override Task Write(IReadOnlyList<BlockToWrite> blocks, IReadOnlyList<Lot> lots, IReadOnlyList<PremiumHolder> holders)
    {
        var to = Must.Have(statements, "a batch is loaded before it is written");
        foreach (var block in blocks) Write(block, to);
        foreach (var lot in lots)
        {
            if (lot.Change == LotChange.Inserted) Insert(lot, to.InsertLot);
            else Must.Hold(Update(lot, to.UpdateLot) == 1, "every touched lot was updated");
        }
        foreach (var h in holders)
        {
            if (h.Change == LotChange.Inserted)
                to.InsertHolder.Add(h.Bucket).Add(h.Holder.Value).Add(h.Programme.Value).Add(h.Service.Value).Add(h.Given).Add(h.EntryNo).Add(h.Commit).Add(h.LastTransfer.Value).Run();
            else Must.Hold(to.UpdateHolder.Add(h.Bucket).Add(h.Holder.Value).Add(h.Given).Add(h.EntryNo).Add(h.Commit).Add(h.LastTransfer.Value).Run() == 1, "every touched holder of premiums was updated");
        }
        to.Commit.Run();
        Close();
        return Task.CompletedTask;
    }

    /// <summary>Fails when SQLite has rolled back by itself, on a full disk for instance.</summary>
    protected override Task RollBack()
    {
        if (!open) return Task.CompletedTask;
        statements?.Dispose();
        statements = null;
        if (connection is not null) Run("rollback");
        Close();
        return Task.CompletedTask;
    }

    protected override async Task GiveUp()
    {
        statements?.Dispose();
        statements = null;
        var lost = connection;
        connection = null;
        try
        {
            if (lost is null) return;
            // Not back into the pool: it may still be in its transaction.
            SqliteConnection.ClearPool(lost);
            await lost.DisposeAsync();
        }
        finally
        {
            if (open) Close();
        }
    }

    /// <summary>
    /// The writer keeps more pages in memory (64 MB) and lets its log grow to 160 MB before it moves pages into the database file: a page that
    /// many payments touch is then moved once.
    /// </summary>
    private static Statements Prepare(SqliteConnection connection)
    {
        using var settings = connection.CreateCommand();
        settings.CommandText = "pragma cache_size = -65536; pragma wal_autocheckpoint = 40000";
        settings.ExecuteNonQuery();
        return new Statements(connection);
    }

    private void Close()
    {
        open = false;
        database.SqliteWriter.Release();
    }

    private static Loaded LoadNow(Need need, Statements from)
    {
        var loaded = new Loaded();
        foreach (var bucket in need.Buckets)
            for (var r = from.Head.Add(bucket); r.Next();) loaded.Heads.Add(bucket, new Head(bucket, r.Long(0), r.Bytes(1), r.Int(2)));
        foreach (var (bucket, citizen) in need.Citizens)
            for (var r = from.OpenLots.Add(bucket).Add(citizen.Value); r.Next();) loaded.Add(ReadLot(r));
        foreach (var key in need.Ids)
            for (var r = from.Transfer.Add(key.Bucket).Add(key.Id.Value); r.Next();) loaded.Transfers[key] = ReadTransfer(r);
        foreach (var key in need.Cancelled)
        {
            for (var r = from.Cancelling.Add(key.Bucket).Add(key.Id.Value); r.Next();) loaded.Add(key.Bucket, key.Id, r.Long(0));
            if (!loaded.Transfers.TryGetValue(key, out var original) || original.Citizen is not { } citizen) continue;
            loaded.Lots.Remove(citizen);
            for (var r = from.AllLots.Add(key.Bucket).Add(citizen.Value); r.Next();) loaded.Add(ReadLot(r));
        }
        foreach (var (bucket, holder) in need.Holders.Concat(HoldersOf(need.Premiums, loaded)))
            for (var r = from.Holder.Add(bucket).Add(holder.Value); r.Next();) loaded.Premiums[holder] = ReadHolder(r);
        return loaded;
    }

    private static IEnumerable<(int Bucket, CitizenId Holder)> HoldersOf(IReadOnlyList<(int Bucket, TransferId Id)> premiums, Loaded loaded) =>
        from key in premiums where loaded.Transfers.GetValueOrDefault(key)?.Citizen is not null select (key.Bucket, loaded.Transfers[key].Citizen!.Value);

    private static PremiumHolder ReadHolder(SqliteStatement r) => new()
    {
        Bucket = r.Int(0),
        Holder = new CitizenId(r.Id(1)),
        Programme = new ProgrammeId(r.Id(2)),
        Service = new PaymentServiceId(r.Id(3)),
        Given = r.Long(4),
        EntryNo = r.Long(5),
        Commit = r.Bytes(6),
        LastTransfer = new TransferId(r.Id(7)),
    };

    private static void Write(BlockToWrite block, Statements to)
    {
        var h = block.Header;
        for (var pos = 0; pos < block.Entries.Count; pos++)
        {
            var (entry, t) = (block.Entries[pos], block.Entries[pos].Record);
            to.InsertTransfer.Add(h.Bucket).Add(t.Id.Value).Add((int)t.Kind).Add(t.Citizen?.Value).Add(t.EntryNo).Add(entry.PreviousTransfer?.Value).Add(t.TimeMs)
                .Add(t.CivilDay.ToNumber()).Add((int)t.Actor.Kind).Add(t.Actor.Id).Add(t.Acceptor?.Value).Add(t.Terminal?.Value).Add(t.Programme?.Value)
                .Add(t.Cancels?.Value).Add(t.Settings).Add(t.Issuer.Value).Add(t.Amount).Add(entry.Legs).Add(h.Height).Add(pos).Run();
            to.InsertEntry.Add(h.Bucket).Add(h.Height).Add(pos).Add((int)t.Kind).Add(entry.Commit).Add(entry.Salt).Add(entry.Bytes).Run();
        }
        to.InsertBlock.Add(h.Bucket).Add(h.Height).Add(h.PreviousHash).Add(h.Count).Add(h.EntriesRoot).Add(h.TimeMs).Add(h.Writer).Add(h.Epoch)
            .Add(block.Sums).Add(block.Hash).Run();
        Must.Hold(to.MoveHead.Add(h.Bucket).Add(h.Height).Add(block.Hash).Run() == 1, "every head moved");
    }

    private static void Insert(Lot lot, SqliteStatement to) =>
        to.Add(lot.Bucket).Add(lot.Citizen.Value).Add(lot.Id.Value).Add((int)lot.Account.Kind).Add(lot.Account.Issuer.Value).Add(lot.Account.Owner)
            .Add(lot.AcquiredOn.ToNumber()).Add(lot.ExpiresOn.ToNumber()).Add(lot.Amount).Add(lot.Remaining).Add((int)lot.Source.Kind)
            .Add(lot.Source.Partner?.Value).Add(lot.Source.Rate.Partner).Add(lot.Source.Rate.Municipal).Add(lot.Programme?.Value).Add(lot.Parent?.Value)
            .Add(lot.EntryNo).Add(lot.Commit).Add(lot.LastTransfer.Value).Add(lot.Closed ? 1 : 0).Run();

    private static int Update(Lot lot, SqliteStatement to) =>
        to.Add(lot.Bucket).Add(lot.Citizen.Value).Add(lot.Id.Value).Add(lot.Remaining).Add(lot.EntryNo).Add(lot.Commit).Add(lot.LastTransfer.Value)
            .Add(lot.Closed ? 1 : 0).Run();

    private static Lot ReadLot(SqliteStatement r) => new()
    {
        Bucket = r.Int(0),
        Citizen = new CitizenId(r.Id(1)),
        Id = new LotId(r.Id(2)),
        Account = new Account((AccountKind)r.Int(3), MunicipalityCode.Trusted(r.Text(4)), r.Id(5)),
        AcquiredOn = Jst.FromNumber(r.Int(6)),
        ExpiresOn = Jst.FromNumber(r.Int(7)),
        Amount = r.Long(8),
        Remaining = r.Long(9),
        Source = new LotSource((SourceKind)r.Int(10), r.IdOrNull(11) is { } v11 ? new PartnerId(v11) : null, (r.Int(12), r.Int(13))),
        Programme = r.IdOrNull(14) is { } v14 ? new ProgrammeId(v14) : null,
        Parent = r.IdOrNull(15) is { } v15 ? new LotId(v15) : null,
        EntryNo = r.Long(16),
        Commit = r.Bytes(17),
        LastTransfer = new TransferId(r.Id(18)),
        Closed = r.Int(19) == 1,
    };

    private static TransferRow ReadTransfer(SqliteStatement r) => new(r.Int(0), new TransferId(r.Id(1)), (TransferKind)r.Int(2),
        r.IdOrNull(3) is { } v3 ? new CitizenId(v3) : null, new Actor((ActorKind)r.Int(4), r.Id(5)), r.IdOrNull(6) is { } v6 ? new AcceptorId(v6) : null,
        r.IdOrNull(7) is { } v7 ? new ProgrammeId(v7) : null, r.IdOrNull(8) is { } v8 ? new TransferId(v8) : null, r.Text(9), r.Long(10), r.Text(11),
        r.Long(12), r.Long(13), r.Int(14));

    /// <summary>For the few statements of no fixed text or count; everything else is prepared.</summary>
    private void Run(string sql)
    {
        using var command = connection!.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object Plain(object? value) => value switch { null => DBNull.Value, Guid id => id.Bytes(), IId id => id.Value.Bytes(), var other => other };

    private sealed class Statements(SqliteConnection connection) : IDisposable
    {
        public readonly SqliteStatement
            Begin = new(connection, "begin immediate"),
            Commit = new(connection, "commit"),
            Head = new(connection, "select height, hash, epoch from ledger_head where bucket = ?"),
            OpenLots = new(connection, $"select {LotColumns} from ledger_lot where bucket = ? and citizen = ? and closed = 0"),
            AllLots = new(connection, $"select {LotColumns} from ledger_lot where bucket = ? and citizen = ?"),
            Transfer = new(connection, $"select {TransferColumns} from ledger_transfer where bucket = ? and id = ?"),
            Cancelling = new(connection, "select amount from ledger_transfer where bucket = ? and cancels = ?"),
            Holder = new(connection, "select bucket, holder, programme, service, given, entry_no, commitment, last_transfer from ledger_premium where bucket = ? and holder = ?"),
            InsertHolder = new(connection, "insert into ledger_premium values (?, ?, ?, ?, ?, ?, ?, ?)"),
            UpdateHolder = new(connection, "update ledger_premium set given = ?3, entry_no = ?4, commitment = ?5, last_transfer = ?6 where bucket = ?1 and holder = ?2"),
            LimitRest = new(connection, "select total - taken from ledger_limit where bucket = ? and id = ?"),
            InsertTransfer = new(connection, "insert into ledger_transfer values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            InsertEntry = new(connection, "insert into ledger_entry values (?, ?, ?, ?, ?, ?, ?)"),
            InsertBlock = new(connection, "insert into ledger_block values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            MoveHead = new(connection, "update ledger_head set height = ?2, hash = ?3 where bucket = ?1"),
            InsertLot = new(connection, "insert into ledger_lot values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            UpdateLot = new(connection, "update ledger_lot set remaining = ?4, entry_no = ?5, commitment = ?6, last_transfer = ?7, closed = ?8 where bucket = ?1 and citizen = ?2 and id = ?3");

        public void Dispose()
        {
            foreach (var statement in (ReadOnlySpan<SqliteStatement>)[Begin, Commit, Head, OpenLots, AllLots, Transfer, Cancelling, InsertTransfer, InsertEntry, InsertBlock, MoveHead, InsertLot, UpdateLot, Holder, InsertHolder, UpdateHolder, LimitRest])
                statement.Dispose();
        }
    }
}
