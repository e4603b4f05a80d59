using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Identity.Certificates;

/// <summary>
/// The closed list of algorithms. A card's key decides how its signature is read, never the sender: RSA-2048 with PKCS#1 v1.5 and
/// SHA-256 on today's card, ECDSA P-384 with SHA-384 (ECDSA-Sig-Value of RFC 3279, DER) expected on the next.
/// </summary>
internal static class Algorithms
{
    private const string Sha256Rsa = "1.2.840.113549.1.1.11", Sha384Ecdsa = "1.2.840.10045.4.3.3", P384 = "1.3.132.0.34";

    /// <summary>RSA with 2048 to 4096 bits, or EC on P-384: what an authority signs with.</summary>
    public static bool AcceptsAuthority(X509Certificate2 authority)
    {
        using var rsa = authority.GetRSAPublicKey();
        using var ec = authority.GetECDsaPublicKey();
        return rsa is { KeySize: >= 2048 and <= 4096 } || IsP384(ec);
    }

    // Reading a key costs several times what a signature does, and nobody promises that two threads may use one.
    [ThreadStatic]
    private static Dictionary<string, (RSA? Rsa, ECDsa? Ec)>? keysOfAuthorities;

    /// <summary>A signature made by an authority, in the algorithm that the signed structure names.</summary>
    public static bool VerifyAuthority(Anchor authority, Signed signed)
    {
        var (rsa, ec) = KeysOf(authority);
        return signed.Algorithm switch
        {
            Sha256Rsa when rsa is not null => rsa.VerifyData(signed.Tbs.Span, signed.Signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            Sha384Ecdsa when IsP384(ec) => ec!.VerifyData(signed.Tbs.Span, signed.Signature.Span, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence),
            _ => false,
        };
    }

    private static (RSA? Rsa, ECDsa? Ec) KeysOf(Anchor authority)
    {
        keysOfAuthorities ??= new(StringComparer.Ordinal);
        if (!keysOfAuthorities.TryGetValue(authority.Authority, out var keys))
            keysOfAuthorities.Add(authority.Authority, keys = (authority.Certificate.GetRSAPublicKey(), authority.Certificate.GetECDsaPublicKey()));
        return keys;
    }

    internal static bool IsRsa2048(RSA? rsa) => rsa is { KeySize: 2048 } && rsa.ExportParameters(false).Exponent is [1, 0, 1];

    internal static bool IsP384(ECDsa? ec) => ec is { KeySize: 384 } && ec.ExportParameters(false).Curve is { IsNamed: true, Oid.Value: P384 };
}

/// <summary>The key of a card's certificate, of the list: RSA-2048 with exponent 65537, or EC on P-384. Read once, because reading a key costs several times what a signature does.</summary>
internal sealed class CardPublicKey : IDisposable
{
    private readonly RSA? rsa;
    private readonly ECDsa? ec;

    private CardPublicKey(RSA? rsa, ECDsa? ec) => (this.rsa, this.ec) = (rsa, ec);

    /// <returns>null for a key that is not on the list.</returns>
    public static CardPublicKey? Of(X509Certificate2 card)
    {
        var key = new CardPublicKey(card.GetRSAPublicKey(), card.GetECDsaPublicKey());
        if (Algorithms.IsRsa2048(key.rsa) || Algorithms.IsP384(key.ec)) return key;
        key.Dispose();
        return null;
    }

    /// <summary>A signature made by the card.</summary>
    public bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        rsa is not null ? rsa.VerifyData(bytes, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : ec!.VerifyData(bytes, signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose()
    {
        rsa?.Dispose();
        ec?.Dispose();
    }
}
