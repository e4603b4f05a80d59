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

public static class KeyRing
{
    public static void AddKeysInDatabase(this WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("mykey");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<Database, Kek, TimeProvider>((keys, database, kek, clock) =>
            (keys.XmlRepository, keys.XmlEncryptor) = (new KeysInDatabase(database, clock), new WrapKey(kek)));
    }
}
