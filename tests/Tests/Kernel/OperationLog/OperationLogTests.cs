using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Tests.Support;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Tests.Kernel.OperationLog;

/// <summary>Goal: a state change and its line in the log are one transaction (S0-1022c).</summary>
public class OperationLogTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022c_a_line_is_written_with_its_transaction_or_not_at_all(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var log = new Log(TimeProvider.System, Buckets.Default);
        var citizen = Ids.NewRandom<CitizenId>();
        var operation = new Operation("id.issued", Actor.Of(citizen), Citizen: citizen, After: "active");

        await test.Database.Write(tx => log.Write(tx, operation));
        await test.Database.WriteOrRefuse<bool>(async tx => { await log.Write(tx, operation); return Refusal.Of("busy"); });

        await using var connection = await test.Database.Open();
        var rows = await connection.QueryAsync<(CitizenId Citizen, string Action)>("select citizen, action from log_operation");
        Assert.Equal([(citizen, "id.issued")], rows);
    }
}
