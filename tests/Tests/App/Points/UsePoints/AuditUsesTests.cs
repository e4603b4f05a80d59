using Dapper;
using MyKey.App.Shared;
using MyKey.App.UsePoints;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.UsePoints;

/// <summary>Goal: a citizen's token that served two uses, or none, is named (docs/invariants.md 11).</summary>
public class AuditUsesTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_11_a_token_that_served_other_than_one_use(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        await using var app = await TestApp.Over(test);
        var town = await Town.Build(app.Services);
        var cookie = await town.Terminal(town.Shop);
        var terminal = (await town.Get<FindTerminal>().ByToken(cookie)).Value;
        var (first, second) = (await Pay(town, terminal), await Pay(town, terminal));
        var audit = town.Get<AuditUses>();
        Assert.Equal(new RowAudit(2, null), await audit.Run());
        await using var connection = await test.Database.Open();
        await connection.ExecuteAsync("create table kept as select * from idn_citizen_token");
        foreach (var (edit, named, says) in new[]
        {
            ("transfer = null", first.Value, "missing, the transfer took none"),
            ("transfer = @second", second.Value, "two tokens were taken by it"),
            ("transfer = citizen", town.Citizen.Value, "transfer is spent on one that does not stand"),
            ("citizen = @second", first.Value, "citizen is"),
            ("terminal = citizen", first.Value, "terminal is"),
        })
        {
            await connection.ExecuteAsync($"update idn_citizen_token set {edit} where transfer = @first", new { first, second });
            Assert.StartsWith($"idn_citizen_token of transfer {named}: {says}", (await audit.Run()).Broken, StringComparison.Ordinal);
            await connection.ExecuteAsync("delete from idn_citizen_token");
            await connection.ExecuteAsync("insert into idn_citizen_token select * from kept");
        }
        Assert.True((await audit.Run()).Holds);
    }

    private static async Task<TransferId> Pay(Town town, Terminal terminal)
    {
        var id = Ids.New<TransferId>(TimeProvider.System);
        var token = (await town.Get<UseOneTimeCode>().Use(terminal, "MY123456", await town.Code())).Value;
        Assert.True((await town.Get<MyKey.App.UsePoints.UsePoints>().Run(terminal, new UseOrder(id, token, Town.A.Value, 100))).Ok);
        return id;
    }
}
