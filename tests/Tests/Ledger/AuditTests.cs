using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: whatever is edited by hand in the database, the audit names the row (U-D1, S2-P2d, docs/invariants.md).</summary>
public class AuditTests
{
    /// <summary>Table, edit, and what the audit must say of it. One row per column.</summary>
    private static readonly (string Table, string Edit, string Says)[] Edits =
    [
        ("transfer", "amount = amount + 1", "amount is"),
        ("transfer", "kind = 4", "kind is"),
        ("transfer", "entry_no = 99", "entry_no is"),
        ("transfer", "previous = null", "previous is"),
        ("transfer", "time_ms = time_ms + 1", "time_ms is"),
        ("transfer", "civil_day = civil_day + 1", "civil_day is"),
        ("transfer", "actor_kind = 1", "actor_kind is"),
        ("transfer", "actor = id", "actor is"),
        ("transfer", "acceptor = null", "acceptor is"),
        ("transfer", "terminal = id", "terminal is"),
        ("transfer", "programme = id", "programme is"),
        ("transfer", "settings = 'consume.order=EarliestExpiry'", "settings is"),
        ("transfer", "issuer = '134988'", "issuer is"),
        ("transfer", "legs = replace(legs, '-1000', '-999')", "legs is"),
        ("transfer", "height = height + 1", "height is"),
        ("transfer", "pos = 7", "pos is"),
        ("transfer", "citizen = id", "citizen is"),
        ("lot", "remaining = remaining + 1", "remaining is"),
        ("lot", "amount = amount + 1", "amount is"),
        ("lot", "expires_on = expires_on + 1", "expires_on is"),
        ("lot", "acquired_on = acquired_on - 1", "acquired_on is"),
        ("lot", "issuer = '134988'", "issuer is"),
        ("lot", "owner = id", "owner is"),
        ("lot", "source_kind = 2", "source_kind is"),
        ("lot", "partner = id", "partner is"),
        ("lot", "rate_partner = 3", "rate_partner is"),
        ("lot", "rate_municipal = 3", "rate_municipal is"),
        ("lot", "programme = null", "programme is"),
        ("lot", "parent = id", "parent is"),
        ("lot", "entry_no = 1", "entry_no is"),
        ("lot", "last_transfer = id", "last_transfer is"),
        ("lot", "commitment = substr(commitment, 1, 31)", "commitment is"),
        ("lot", "citizen = id", "citizen is"),
        ("lot", "kind = 2", "kind is"),
        ("block", "count = count + 1", "entries, not"),
        ("block", "time_ms = time_ms + 1", "hash is not the hash"),
        ("block", "epoch = epoch + 1", "hash is not the hash"),
        ("block", "hash = previous_hash", "hash is not the hash"),
        ("block", "previous_hash = entries_root", "previous_hash is not"),
        ("block", "entries_root = hash", "entries_root is not"),
        ("entry", "kind = 1", "belongs to another place"),
        ("entry", "salt = commitment", "commitment is not that"),
        ("entry", "commitment = salt", "commitment is not that"),
        ("entry", "record = salt", "commitment is not that"),
        ("entry", "record = null", "record or salt is gone"),
    ];

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Every_edited_column_is_named_with_its_row(Engine engine)
    {
        await using var house = await WithHistory(engine);
        foreach (var table in Edits.Select(e => e.Table).Distinct()) await Execute(house, $"create table kept_{table} as select * from ledger_{table}");
        foreach (var (table, edit, says) in Edits)
        {
            await Execute(house, $"update ledger_{table} set {edit} where " + (table switch { "transfer" => "kind = 2", "lot" => "remaining = 1800", _ => "height = 2" }));
            var broken = (await house.Audit()).Broken;
            Assert.True(broken is not null && broken.Contains($"ledger_{table}", StringComparison.Ordinal) && broken.Contains(says, StringComparison.Ordinal), $"{table}: {edit} → {broken}");
            await Execute(house, $"delete from ledger_{table}");
            await Execute(house, $"insert into ledger_{table} select * from kept_{table}");
        }
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Rows_that_are_gone_or_too_many_are_named(Engine engine)
    {
        foreach (var (sql, says) in new[]
        {
            ("delete from ledger_transfer where kind = 2", "missing, its record stands in block 2"),
            ("delete from ledger_lot", "lots are missing"),
            ("delete from ledger_entry where height = 2", "0 entries, not 1"),
            ("delete from ledger_block where height = 1", "block 1 is missing before it"),
            ("delete from ledger_block where height = 3", "the chain ends at 2"),
            ("update ledger_head set height = 2 where height = 3", "the chain ends at 3"),
            ("insert into ledger_entry select bucket, height, 9, kind, commitment, salt, record from ledger_entry where height = 1", "entries, not 1"),
        })
        {
            await using var house = await WithHistory(engine);
            await Execute(house, sql);
            Assert.Contains(says, (await house.Audit()).Broken);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_transfer_that_stands_in_no_block_is_named(Engine engine)
    {
        await using var house = await WithHistory(engine);
        var stray = Guid.Parse("0190aaaa-0000-7000-8000-000000000001");
        await using var connection = await house.Database.Open();
        await connection.ExecuteAsync("""
            insert into ledger_transfer select bucket, @stray, kind, citizen, entry_no, previous, time_ms, civil_day, actor_kind, actor, acceptor, terminal,
              programme, cancels, settings, issuer, amount, legs, height + 100, pos from ledger_transfer where kind = 2
            """, new { stray });

        var broken = (await house.Audit()).Broken;

        Assert.Contains("stands in no block", broken);
        Assert.Contains(stray.ToString(), broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_database_itself_refuses_what_may_never_be(Engine engine)
    {
        await using var house = await WithHistory(engine);
        foreach (var sql in new[]
        {
            "update ledger_lot set remaining = -1",
            "update ledger_lot set remaining = amount + 1",
            "update ledger_lot set closed = 1",
            "update ledger_transfer set amount = 0",
            "insert into ledger_transfer select * from ledger_transfer",
            "insert into ledger_block select * from ledger_block",
        })
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Execute(house, sql));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_postings_view_sums_to_zero_and_to_the_lots(Engine engine)
    {
        await using var house = await WithHistory(engine);
        await using var connection = await house.Database.Open();

        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select sum(amount) from ledger_posting"));
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("""
            select count(*) from ledger_lot l where l.remaining <> (select sum(p.amount) from ledger_posting p where p.bucket = l.bucket and p.lot = l.id)
            """));
    }

    /// <summary>One citizen: a grant, a use (block 2), another grant.</summary>
    private static async Task<LedgerHouse> WithHistory(Engine engine)
    {
        var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 2800);
        await house.Use(citizen, 1000);
        await house.Grant(citizen, 5);
        await house.MustAddUp();
        return house;
    }

    private static async Task Execute(LedgerHouse house, string sql)
    {
        await using var connection = await house.Database.Open();
        await connection.ExecuteAsync(sql);
    }
}
