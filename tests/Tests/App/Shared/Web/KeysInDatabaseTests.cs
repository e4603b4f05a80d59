using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: what one process protects, any other reads, also after all of them were restarted.</summary>
public class KeysInDatabaseTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Tokens_hold_on_every_process_and_after_a_restart(Engine engine)
    {
        await using var database = await TestDatabase.New(engine);
        string text;
        await using (var first = await TestApp.Over(database)) text = Protector(first).Protect("form");

        await using var second = await TestApp.Over(database);

        Assert.Equal("form", Protector(second).Unprotect(text));
        await using var connection = await database.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from krn_data_protection_key"));
    }

    private static IDataProtector Protector(TestApp app) => app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
}
