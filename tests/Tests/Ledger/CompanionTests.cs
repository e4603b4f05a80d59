using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: a slice's own rows stand and fall with their transfer, and only with theirs.</summary>
public class CompanionTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_wrong_row_count_refuses_that_transfer_only(Engine engine)
    {
        await using var house = await New(engine);
        await using (var connection = await house.Database.Open()) await connection.ExecuteAsync("create table thing(name text not null primary key, taken int not null)");
        await house.Database.Write(tx => tx.Connection.ExecuteAsync("insert into thing(name, taken) values ('one', 0), ('two', 0)", transaction: tx.Handle));
        var citizen = NewCitizen();
        await house.Grant(citizen, 1000);

        var answers = await Task.WhenAll(Take(house, citizen, "one"), Take(house, citizen, "one"), Take(house, citizen, "two"), Take(house, citizen, "none"));

        Assert.Equal(2, answers.Count(a => a.Ok));
        Assert.Equal(2, answers.Count(a => a.Refused?.Code == "not_found"));
        Assert.Equal(980, await house.Usable(citizen));
        await using var reading = await house.Database.Open();
        Assert.Equal(2, await reading.ExecuteScalarAsync<long>("select sum(taken) from thing"));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_refused_transfer_runs_no_companion(Engine engine)
    {
        await using var house = await New(engine);
        await using (var connection = await house.Database.Open()) await connection.ExecuteAsync("create table thing(name text not null primary key, taken int not null)");
        await house.Database.Write(tx => tx.Connection.ExecuteAsync("insert into thing(name, taken) values ('one', 0)", transaction: tx.Handle));

        Assert.Equal("insufficient_points", (await Take(house, NewCitizen(), "one")).Refused?.Code);

        await using var reading = await house.Database.Open();
        Assert.Equal(0, await reading.ExecuteScalarAsync<long>("select sum(taken) from thing"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_statement_that_the_database_refuses_fails_its_transfer_and_no_other(Engine engine)
    {
        await using var house = await New(engine);
        var citizen = NewCitizen();
        await house.Grant(citizen, 1000);
        var broken = Transfer.Use(house.NewId(), citizen, A, new Points(10), Shop, Till) with { Companions = [new Companion("insert into no_such_table values (1)", [], 1, Refusal.Of("busy"))] };

        var bad = house.Ledger.Post(broken).AsTask();
        var good = Enumerable.Range(0, 5).Select(_ => house.Use(citizen, 1)).ToList();

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => bad);
        Assert.All(await Task.WhenAll(good), a => Assert.True(a.Ok));
        Assert.Equal(995, await house.Usable(citizen));
        await house.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Those_of_many_transfers_run_as_one_statement_and_a_wrong_count_still_refuses_one_transfer_only(Engine engine)
    {
        await using var house = await New(engine);
        await using (var connection = await house.Database.Open()) await connection.ExecuteAsync("create table thing(name text not null primary key, taken int not null)");
        foreach (var i in Enumerable.Range(0, 20))
            await house.Database.Write(tx => tx.Connection.ExecuteAsync("insert into thing(name, taken) values (@name, 0)", new { name = $"thing {i}" }, tx.Handle));
        var citizens = Enumerable.Range(0, 21).Select(_ => NewCitizen()).ToList();
        foreach (var citizen in citizens) await house.Grant(citizen, 100);

        var answers = await Task.WhenAll(citizens.Select((c, i) => Take(house, c, $"thing {Math.Min(i, 19)}", Many)));
        var later = await Task.WhenAll(citizens.Select(c => Take(house, c, "thing 3", Many)));

        Assert.Equal(20, answers.Count(a => a.Ok));
        Assert.All(later, a => Assert.Equal("not_found", a.Refused?.Code));
        await using var reading = await house.Database.Open();
        Assert.Equal(20, await reading.ExecuteScalarAsync<long>("select sum(taken) from thing"));
        Assert.Equal(20 * 90 + 100, (await Task.WhenAll(citizens.Select(c => house.Usable(c)))).Sum());
        await house.MustAddUp();
    }

    private const string Many = "update thing set taken = 1 from unnest(@name) k(name) where thing.name = k.name and taken = 0";

    private static async Task<Result<Posted>> Take(LedgerHouse house, CitizenId citizen, string name, string? many = null) =>
        await house.Ledger.Post(Transfer.Use(house.NewId(), citizen, A, new Points(10), Shop, Till) with
        {
            Companions = [new Companion("update thing set taken = 1 where name = @name and taken = 0", [("name", name)], 1, Refusal.Of("not_found"), many)],
        });
}
