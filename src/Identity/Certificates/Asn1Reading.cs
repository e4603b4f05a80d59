using System.Formats.Asn1;
using System.Security.Cryptography;

namespace MyKey.Identity.Certificates;

/// <summary>What certificates and revocation lists have in common (RFC 5280).</summary>
internal static class Asn1Reading
{
    public static DateTimeOffset Time(this AsnReader reader) =>
        reader.PeekTag() == Asn1Tag.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    public static bool IsTime(Asn1Tag tag) => tag == Asn1Tag.UtcTime || tag == Asn1Tag.GeneralizedTime;

    /// <summary>Extensions ::= SEQUENCE OF { oid, critical, value }, each at most once.</summary>
    public static Dictionary<string, Extension> Extensions(AsnReader reader)
    {
        var found = new Dictionary<string, Extension>();
        var list = reader.ReadSequence();
        while (list.HasData)
        {
            var one = list.ReadSequence();
            var oid = one.ReadObjectIdentifier();
            var critical = one.PeekTag() == Asn1Tag.Boolean && one.ReadBoolean();
            var value = one.ReadOctetString();
            one.ThrowIfNotEmpty();
            if (!found.TryAdd(oid, new Extension(critical, value))) throw new AsnContentException($"extension {oid} twice");
        }
        return found;
    }

    /// <summary>keyIdentifier of an AuthorityKeyIdentifier; empty when it has none.</summary>
    public static byte[] KeyId(ReadOnlyMemory<byte> authorityKeyIdentifier)
    {
        var outer = new AsnReader(authorityKeyIdentifier, AsnEncodingRules.DER);
        var fields = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var keyId = new Asn1Tag(TagClass.ContextSpecific, 0);
        return fields.HasData && fields.PeekTag() == keyId ? fields.ReadOctetString(keyId) : [];
    }

    /// <summary>
    /// The names of a DistributionPointName that is a fullName, each as the hex SHA-256 of its GeneralName: how a certificate and the
    /// list that covers it find each other, whether by directoryName or by URI.
    /// </summary>
    public static IEnumerable<string> PointNames(AsnReader distributionPointName)
    {
        var fullName = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (distributionPointName.PeekTag() != fullName) throw new AsnContentException("a distribution point without full name");
        var names = distributionPointName.ReadSequence(fullName);
        while (names.HasData) yield return Convert.ToHexStringLower(SHA256.HashData(names.ReadEncodedValue().Span));
    }

    /// <summary>Lower-case hex without leading zeros; a serial number is positive and has at most 20 octets.</summary>
    public static string Serial(ReadOnlySpan<byte> integer)
    {
        if (integer.Length > 20 || (integer[0] & 0x80) != 0) throw new AsnContentException("serial number out of range");
        var hex = Convert.ToHexStringLower(integer).TrimStart('0');
        return hex.Length > 0 ? hex : throw new AsnContentException("serial number out of range");
    }
}

/// <summary>What an authority signed, and how.</summary>
/// <param name="Tbs">The bytes under the signature.</param>
/// <param name="Algorithm">An object identifier.</param>
/// <param name="Issuer">Its name, as encoded.</param>
internal sealed record Signed(ReadOnlyMemory<byte> Tbs, string Algorithm, ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> Issuer);

/// <summary>The frame of a certificate as of a list: bytes, algorithm, signature.</summary>
internal sealed record SignedFrame(ReadOnlyMemory<byte> Tbs, ReadOnlyMemory<byte> Algorithm, ReadOnlyMemory<byte> Signature)
{
    public static SignedFrame Open(AsnReader whole, out AsnReader tbs)
    {
        var bytes = whole.PeekEncodedValue();
        tbs = whole.ReadSequence();
        var algorithm = whole.ReadEncodedValue();
        var signature = whole.ReadBitString(out var unused);
        whole.ThrowIfNotEmpty();
        return unused == 0 ? new SignedFrame(bytes, algorithm, signature) : throw new AsnContentException("signature");
    }

    /// <summary>Reads algorithm and issuer where they stand inside; the algorithm is the same as outside.</summary>
    public Signed Named(AsnReader tbs)
    {
        if (!tbs.ReadEncodedValue().Span.SequenceEqual(Algorithm.Span)) throw new AsnContentException("two signature algorithms");
        return new Signed(Tbs, new AsnReader(Algorithm, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier(), Signature, tbs.ReadEncodedValue());
    }
}

/// <summary>A SubjectPublicKeyInfo (RFC 5280 4.1.2.7), of which only the outside is read.</summary>
/// <param name="Algorithm">An object identifier; <paramref name="Parameters"/> as encoded, empty where there are none.</param>
/// <param name="Bits">RSA: an RSAPublicKey (RFC 8017 A.1.1); elliptic curves: a point (RFC 5480 2.2).</param>
internal sealed record KeyForm(string Algorithm, ReadOnlyMemory<byte> Parameters, ReadOnlyMemory<byte> Bits)
{
    public static KeyForm Read(AsnReader info)
    {
        var algorithm = info.ReadSequence();
        var (name, bits) = (algorithm.ReadObjectIdentifier(), info.ReadBitString(out var unused));
        info.ThrowIfNotEmpty();
        var parameters = algorithm.HasData ? algorithm.ReadEncodedValue() : default;
        algorithm.ThrowIfNotEmpty();
        return unused == 0 ? new KeyForm(name, parameters, bits) : throw new AsnContentException("key");
    }
}

internal sealed record Extension(bool Critical, ReadOnlyMemory<byte> Value);
