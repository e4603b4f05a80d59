using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Shared.Web;

/// <summary>The DataProtection key ring in the one database, so that any process reads what another one has protected.</summary>
public sealed class KeysInDatabase(Database database, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => Wait(async () =>
    {
        await using var connection = await database.Open();
        var texts = await connection.QueryAsync<string>("select xml from krn_data_protection_key order by created_ms, name");
        return texts.Select(XElement.Parse).ToList();
    });

    public void StoreElement(XElement element, string friendlyName) => Wait(() => database.Write(tx => tx.Connection.ExecuteAsync(
        "insert into krn_data_protection_key(name, xml, created_ms) values (@Name, @Xml, @CreatedMs)",
        new { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting), CreatedMs = clock.NowMs() }, tx.Handle)));

    // The framework's interface is synchronous; it is called when a process starts and once in 90 days.
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}

public static class KeyRing
{
    public static void AddKeysInDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("mykey");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<Database, TimeProvider>((keys, database, clock) =>
            keys.XmlRepository = new KeysInDatabase(database, clock));
    }
}
