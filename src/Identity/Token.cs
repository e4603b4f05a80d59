using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MyKey.Identity;

/// <summary>
/// A secret that only its holder keeps: here lies its SHA-256 alone. Random enough (≥ 128 bits) to need no salt and no slow hash.
/// </summary>
/// <param name="Text">Base64url; given out once.</param>
/// <param name="Hash">SHA-256 of the text's UTF-8 bytes, 32 bytes.</param>
public readonly record struct Token(string Text, byte[] Hash)
{
    /// <param name="bits">128 for what lives a minute, 256 for the rest.</param>
    public static Token New(int bits = 256, string prefix = "")
    {
        var text = prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bits / 8));
        return new Token(text, HashOf(text));
    }

    /// <summary>Hash of a token that somebody presents; whatever it is, the answer is 32 bytes.</summary>
    public static byte[] HashOf(string? presented) => SHA256.HashData(Encoding.UTF8.GetBytes(presented is { Length: <= 200 } ? presented : ""));

    public override string ToString() => "token";
}
