using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using MyKey.Identity.Keys;
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

/// <summary>
/// The keys of the ring lie wrapped by the key-encryption key: whoever reads the database, or a backup of it, makes no session's form token with them. One that was stored
/// before stays readable and ends by itself within 90 days.
/// </summary>
public sealed class WrapKey(Kek kek) : IXmlEncryptor
{
    internal const string Owner = "data-protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var secret = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var (_, wrapped) = Task.Run(() => kek.Wrap(secret, Owner)).GetAwaiter().GetResult();
        CryptographicOperations.ZeroMemory(secret);
        return new EncryptedXmlInfo(new XElement("wrapped", Convert.ToBase64String(wrapped)), typeof(UnwrapKey));
    }
}

/// <summary>Made by the framework, which knows it by the type's name in the stored key.</summary>
public sealed class UnwrapKey(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(Task.Run(() => services.GetRequiredService<Kek>().Unwrap(Convert.FromBase64String(encryptedElement.Value), WrapKey.Owner)).GetAwaiter().GetResult()));
}

/// <summary>The wrapped keys of the ring, in their texts.</summary>
public sealed class WrappedKeyRing() : WrappedPlace("krn_data_protection_key.xml")
{
    public override async Task<IReadOnlyList<UnderKey>> Count(DbConnection connection, CancellationToken stop) =>
        [.. (await Read(connection, stop)).GroupBy(k => KeyOf(k.Wrapped)).Select(g => new UnderKey(g.Key, g.Count()))];

    public override async Task<WrappedAnew> Some(Database database, Kek kek, int most, CancellationToken stop)
    {
        var (rows, unreadable, head) = (0, 0, KeyOf(await Head(kek, stop)));
        List<StoredKey> stored;
        await using (var connection = await database.Open(stop)) stored = await Read(connection, stop);
        foreach (var one in stored.Where(k => KeyOf(k.Wrapped) != head).Take(most))
        {
            if (await Anew(kek, one.Wrapped, WrapKey.Owner, stop) is not { } anew)
            {
                unreadable++;
                continue;
            }
            var text = one.Xml.Replace(Convert.ToBase64String(one.Wrapped), Convert.ToBase64String(anew), StringComparison.Ordinal);
            rows += await database.Write(tx => tx.Connection.ExecuteAsync("update krn_data_protection_key set xml = @text where name = @Name and xml = @Xml", new { one.Name, Xml = one.Xml, text }, tx.Handle), stop);
        }
        return new WrappedAnew(rows, unreadable);
    }

    private static async Task<List<StoredKey>> Read(DbConnection connection, CancellationToken stop)
    {
        var all = await connection.QueryAsync<(string Name, string Xml)>(new CommandDefinition("select name, xml from krn_data_protection_key order by name", cancellationToken: stop));
        return [.. all.SelectMany(k => XElement.Parse(k.Xml).Descendants("wrapped").Take(1).Select(w => new StoredKey(k.Name, k.Xml, Convert.FromBase64String(w.Value))))];
    }

    private sealed record StoredKey(string Name, string Xml, byte[] Wrapped);
}

public static class KeyRing
{
    public static void AddKeysInDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WrappedPlace, WrappedKeyRing>();
        builder.Services.AddDataProtection().SetApplicationName("mykey");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<Database, Kek, TimeProvider>((keys, database, kek, clock) =>
            (keys.XmlRepository, keys.XmlEncryptor) = (new KeysInDatabase(database, clock), new WrapKey(kek)));
    }
}
