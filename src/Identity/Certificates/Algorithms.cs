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

    /// <summary>Whether a card's certificate has a key of the list: RSA-2048 with exponent 65537, or EC on P-384.</summary>
    public static bool AcceptsCard(X509Certificate2 card)
    {
        using var rsa = card.GetRSAPublicKey();
        using var ec = card.GetECDsaPublicKey();
        return IsRsa2048(rsa) || IsP384(ec);
    }

    /// <summary>A signature made by a card, under the key of its certificate.</summary>
    public static bool Verify(X509Certificate2 card, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        using var rsa = card.GetRSAPublicKey();
        if (IsRsa2048(rsa)) return rsa!.VerifyData(bytes, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var ec = card.GetECDsaPublicKey();
        return IsP384(ec) && ec!.VerifyData(bytes, signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>A signature made by an authority, in the algorithm that the signed structure names.</summary>
    public static bool VerifyAuthority(X509Certificate2 authority, string signatureAlgorithm, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        using var rsa = authority.GetRSAPublicKey();
        using var ec = authority.GetECDsaPublicKey();
        return signatureAlgorithm switch
        {
            Sha256Rsa when rsa is not null => rsa.VerifyData(bytes, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            Sha384Ecdsa when IsP384(ec) => ec!.VerifyData(bytes, signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence),
            _ => false,
        };
    }

    private static bool IsRsa2048(RSA? rsa) => rsa is { KeySize: 2048 } && rsa.ExportParameters(false).Exponent is [1, 0, 1];

    private static bool IsP384(ECDsa? ec) => ec is { KeySize: 384 } && ec.ExportParameters(false).Curve is { IsNamed: true, Oid.Value: P384 };
}
