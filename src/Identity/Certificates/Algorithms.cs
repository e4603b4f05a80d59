using System.Formats.Asn1;
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

    private static bool IsP384(ECDsa? ec) => ec is { KeySize: 384 } && ec.ExportParameters(false).Curve is { IsNamed: true, Oid.Value: P384 };
}

/// <summary>
/// The key of a card's certificate, of the list: RSA-2048 with exponent 65537, or EC on P-384. Its numbers are read here and handed on as such: OpenSSL, given the certificate or the key as bytes, looks for
/// somebody who can read them, which costs several times what the signature does.
/// </summary>
internal sealed class CardPublicKey : IDisposable
{
    private const string Rsa = "1.2.840.113549.1.1.1", EllipticCurve = "1.2.840.10045.2.1";
    private const int RsaBytes = 256, PointBytes = 48;
    private const byte Uncompressed = 4;

    private static ReadOnlySpan<byte> Null => [5, 0];

    private static ReadOnlySpan<byte> P384 => [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22];

    private readonly RSA? rsa;
    private readonly ECDsa? ec;

    private CardPublicKey(RSA rsa) => this.rsa = rsa;

    private CardPublicKey(ECDsa ec) => this.ec = ec;

    /// <returns>null for a key that is not on the list.</returns>
    /// <exception cref="AsnContentException">No RSAPublicKey where one should be.</exception>
    /// <exception cref="CryptographicException">No point of the curve.</exception>
    public static CardPublicKey? Of(KeyForm key) => key.Algorithm switch
    {
        Rsa when key.Parameters.Span.SequenceEqual(Null) => OfRsa(key.Bits),
        EllipticCurve when key.Parameters.Span.SequenceEqual(P384) => OfPoint(key.Bits.Span),
        _ => null,
    };

    /// <summary>A signature made by the card.</summary>
    public bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        rsa is not null ? rsa.VerifyData(bytes, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : Pair(signature) is { } pair && ec!.VerifyData(bytes, pair, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose()
    {
        rsa?.Dispose();
        ec?.Dispose();
    }

    private static CardPublicKey? OfRsa(ReadOnlyMemory<byte> bits)
    {
        var outer = new AsnReader(bits, AsnEncodingRules.DER);
        var numbers = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var (modulus, exponent) = (numbers.ReadIntegerBytes(), numbers.ReadIntegerBytes());
        numbers.ThrowIfNotEmpty();
        // With its leading zero, since the highest bit of 2048 is set.
        if (modulus.Length != RsaBytes + 1 || modulus.Span[0] != 0 || exponent.Span is not [1, 0, 1]) return null;
        return new CardPublicKey(RSA.Create(new RSAParameters { Modulus = modulus[1..].ToArray(), Exponent = exponent.ToArray() }));
    }

    /// <summary>An ECDSA-Sig-Value as r beside s. Read here, strictly: for a key of bare numbers .NET takes a number below zero for the one that it should have been.</summary>
    private static byte[]? Pair(ReadOnlySpan<byte> signature)
    {
        var pair = new byte[2 * PointBytes];
        try
        {
            var numbers = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var both = numbers.ReadSequence();
            numbers.ThrowIfNotEmpty();
            if (!Put(both.ReadIntegerBytes().Span, pair.AsSpan(..PointBytes)) || !Put(both.ReadIntegerBytes().Span, pair.AsSpan(PointBytes..))) return null;
            both.ThrowIfNotEmpty();
        }
        catch (AsnContentException)
        {
            return null;
        }
        return pair;
    }

    /// <returns>false for a number below zero, and for one that is too large.</returns>
    private static bool Put(ReadOnlySpan<byte> number, Span<byte> field)
    {
        if ((number[0] & 0x80) != 0) return false;
        var digits = number.TrimStart((byte)0);
        if (digits.Length > field.Length) return false;
        digits.CopyTo(field[^digits.Length..]);
        return true;
    }

    private static CardPublicKey? OfPoint(ReadOnlySpan<byte> point) =>
        point.Length != 1 + 2 * PointBytes || point[0] != Uncompressed ? null
        : new CardPublicKey(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, Q = new ECPoint { X = point[1..(1 + PointBytes)].ToArray(), Y = point[(1 + PointBytes)..].ToArray() } }));
}
