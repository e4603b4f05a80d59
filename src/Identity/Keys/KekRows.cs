using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Keys;

/// <summary>A key as the database knows it: without its bytes.</summary>
internal sealed record KekRow
{
    public string KekId { get; init; } = "";
    public int No { get; init; }
    public int Derives { get; init; }
    public long MadeMs { get; init; }
    public long? EmptyMs { get; init; }
    public long? EndedMs { get; init; }
}

/// <summary>The rows of <c>idn_kek</c> and <c>idn_subkey</c>.</summary>
internal sealed class KekRows(Database database, TimeProvider clock)
{
    private const string Columns = "select kek_id, no, derives, made_ms, empty_ms, ended_ms from idn_kek order by no";

    public async Task<IReadOnlyList<KekRow>> All(CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<KekRow>(new CommandDefinition(Columns, cancellationToken: stop))).AsList();
    }

    /// <summary>The first key registered stands, whichever process was quicker.</summary>
    public Task<IReadOnlyList<KekRow>> Begin(string id, CancellationToken stop) => database.Write<IReadOnlyList<KekRow>>(async tx =>
    {
        await Lock(tx);
        await tx.Connection.ExecuteAsync("insert into idn_kek(kek_id, made_ms, no, derives) select @Id, @Now, 1, 0 where not exists (select 1 from idn_kek)", new { Id = id, Now = clock.NowMs() }, tx.Handle);
        return (await tx.Connection.QueryAsync<KekRow>(Columns, transaction: tx.Handle)).AsList();
    }, stop);

    /// <returns>Those known before; the new one writes from now on.</returns>
    public async Task<IReadOnlyList<KekRow>> Next(Transaction tx, string id)
    {
        await Lock(tx);
        var before = (await tx.Connection.QueryAsync<KekRow>(Columns, transaction: tx.Handle)).AsList();
        if (before.Exists(k => k.KekId == id)) return before;
        await tx.Connection.ExecuteAsync("insert into idn_kek(kek_id, made_ms, no, derives) values (@Id, @Now, @No, 0)", new { Id = id, Now = clock.NowMs(), No = before.Max(k => k.No) + 1 }, tx.Handle);
        return before;
    }

    /// <returns>false: it writes, has ended, or something was found under it since <paramref name="emptyBeforeMs"/>.</returns>
    public async Task<bool> End(Transaction tx, string id, long emptyBeforeMs)
    {
        await Lock(tx);
        return await tx.Connection.ExecuteAsync("""
            update idn_kek set ended_ms = @Now where kek_id = @id and ended_ms is null and empty_ms <= @emptyBeforeMs and no < (select max(k.no) from idn_kek k)
            """, new { id, emptyBeforeMs, Now = clock.NowMs() }, tx.Handle) == 1;
    }

    /// <param name="empty">Nothing was found under it.</param>
    public Task Seen(string id, bool empty, CancellationToken stop) => database.Write(tx => empty
        ? tx.Connection.ExecuteAsync("update idn_kek set empty_ms = @Now where kek_id = @id and empty_ms is null", new { id, Now = clock.NowMs() }, tx.Handle)
        : tx.Connection.ExecuteAsync("update idn_kek set empty_ms = null where kek_id = @id and empty_ms is not null", new { id }, tx.Handle), stop);

    public async Task<byte[]?> Subkey(string purpose, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<byte[]?>(new CommandDefinition("select wrapped from idn_subkey where purpose = @purpose", new { purpose }, cancellationToken: stop));
    }

    /// <returns>The one that stands, whichever process was quicker.</returns>
    public Task<byte[]> KeepSubkey(string purpose, byte[] fresh, CancellationToken stop) => database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync("insert into idn_subkey(purpose, wrapped, made_ms) values (@purpose, @fresh, @Now) on conflict do nothing", new { purpose, fresh, Now = clock.NowMs() }, tx.Handle);
        return await tx.Connection.QuerySingleAsync<byte[]>("select wrapped from idn_subkey where purpose = @purpose", new { purpose }, tx.Handle);
    }, stop);

    private static Task Lock(Transaction tx) =>
        tx.Engine == Engine.Postgres ? tx.Connection.ExecuteAsync("lock table idn_kek in share row exclusive mode", transaction: tx.Handle) : Task.CompletedTask;
}
