using System.Security.Cryptography;
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
        // What lies there opens nothing without the key-encryption key.
        var xml = await connection.QuerySingleAsync<string>("select xml from krn_data_protection_key");
        Assert.Contains("<wrapped", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", xml, StringComparison.Ordinal);
        await connection.ExecuteAsync("update krn_data_protection_key set xml = @Changed", new { Changed = xml.Replace("</wrapped>", "AAAA</wrapped>", StringComparison.Ordinal) });
        await using var third = await TestApp.Over(database);
        Assert.ThrowsAny<CryptographicException>(() => Protector(third).Unprotect(text));
    }

    private static IDataProtector Protector(TestApp app) => app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
}
