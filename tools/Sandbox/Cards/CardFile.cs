using System.Security.Cryptography;
using System.Text.Json;

namespace MyKey.Sandbox.Cards;

/// <summary>
/// One software card as it lies in the folder of cards: <c>name.json</c> with these members, bytes in base64. The demo loader
/// writes it; the card itself changes nothing in it but the tries.
/// </summary>
/// <param name="Label">What the tray calls the card, in Japanese.</param>
/// <param name="Certificate">DER of the user-authentication certificate; empty for a card that was given none.</param>
/// <param name="Authority">DER of the certificate of the authority that issued it.</param>
/// <param name="Key">PKCS#8 of the RSA key.</param>
/// <param name="Pin">Four digits.</param>
/// <param name="Tries">Wrong tries left, 0 = locked.</param>
public sealed record CardFile(string Label, byte[] Certificate, byte[] Authority, byte[] Key, string Pin, int Tries = CardFile.AllTries)
{
    public const int AllTries = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    public static CardFile Of(string label, byte[] certificate, byte[] authority, RSA key, string pin) =>
        new(label, certificate, authority, key.ExportPkcs8PrivateKey(), pin);

    public static CardFile Load(string path) =>
        JsonSerializer.Deserialize<CardFile>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is no card");

    /// <summary>Whole or not at all: a crash leaves the old file.</summary>
    public void Save(string path)
    {
        var part = path + ".part";
        File.WriteAllText(part, JsonSerializer.Serialize(this, Json));
        File.Move(part, path, overwrite: true);
    }
}
