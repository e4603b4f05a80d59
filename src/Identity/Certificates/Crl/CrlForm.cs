using System.Formats.Asn1;
using System.Numerics;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>
/// A revocation list (RFC 5280 5.1), version 2 in DER. The head is read at once; the entries are read one by one out of the bytes, so
/// that a list with 500,000 of them needs no more memory than its bytes.
/// </summary>
internal sealed record CrlForm(Signed Signed, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, ReadOnlyMemory<byte> Entries, BigInteger Number, byte[] IssuerKeyId, string Point)
{
    private const string NumberOid = "2.5.29.20", AuthorityKeyIdentifier = "2.5.29.35", IssuingPoint = "2.5.29.28", Delta = "2.5.29.27";
    private const AsnEncodingRules Der = AsnEncodingRules.DER;

    /// <summary>2.5.29.21, encoded.</summary>
    private static ReadOnlySpan<byte> ReasonOid => [0x06, 0x03, 0x55, 0x1D, 0x15];

    /// <exception cref="AsnContentException">Not one complete list in DER with number, key id and nextUpdate, or with something critical that we do not know.</exception>
    public static CrlForm Read(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, Der);
        var list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var frame = SignedFrame.Open(list, out var tbs);

        if (!tbs.TryReadInt32(out var version) || version != 1) throw new AsnContentException("not version 2");
        var signed = frame.Named(tbs);
        var (thisUpdate, nextUpdate) = (tbs.Time(), tbs.Time());
        ReadOnlyMemory<byte> entries = default;
        if (tbs.HasData && tbs.PeekTag() == Asn1Tag.Sequence) (entries, _) = (tbs.PeekContentBytes(), tbs.ReadEncodedValue());
        var extensions = Asn1Reading.Extensions(tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)));
        tbs.ThrowIfNotEmpty();

        var known = new[] { NumberOid, AuthorityKeyIdentifier, IssuingPoint };
        if (extensions.ContainsKey(Delta) || extensions.Any(e => e.Value.Critical && !known.Contains(e.Key))) throw new AsnContentException("critical extension");
        if (!extensions.TryGetValue(NumberOid, out var number)) throw new AsnContentException("no number");
        if (!extensions.TryGetValue(AuthorityKeyIdentifier, out var keyId)) throw new AsnContentException("no key id");
        return new CrlForm(signed, thisUpdate, nextUpdate, entries, NumberOf(number.Value), Asn1Reading.KeyId(keyId.Value), extensions.TryGetValue(IssuingPoint, out var point) ? PointOf(point.Value) : "");
    }

    /// <summary>Reads the entries one after the other.</summary>
    /// <exception cref="AsnContentException">An entry is malformed or has a critical extension that we do not know.</exception>
    public IEnumerable<RevokedSerial> Revoked()
    {
        for (var rest = Entries; !rest.IsEmpty;)
        {
            var entry = Entry(rest.Span, out var consumed);
            rest = rest[consumed..];
            yield return entry;
        }
    }

    // Half a million of these: the static decoder allocates nothing but the serial's text.
    private static RevokedSerial Entry(ReadOnlySpan<byte> bytes, out int consumed)
    {
        AsnDecoder.ReadSequence(bytes, Der, out var at, out var length, out consumed);
        var fields = bytes.Slice(at, length);
        var serial = Asn1Reading.Serial(AsnDecoder.ReadIntegerBytes(fields, Der, out var read));
        fields = fields[read..];
        var revoked = Asn1Tag.Decode(fields, out _) == Asn1Tag.UtcTime
            ? AsnDecoder.ReadUtcTime(fields, Der, out read)
            : AsnDecoder.ReadGeneralizedTime(fields, Der, out read);
        fields = fields[read..];
        return new RevokedSerial(serial, fields.IsEmpty ? RevocationReason.Unspecified : Reason(fields), revoked.ToUnixTimeMilliseconds());
    }

    private static RevocationReason Reason(ReadOnlySpan<byte> extensions)
    {
        var reason = RevocationReason.Unspecified;
        AsnDecoder.ReadSequence(extensions, Der, out var at, out var length, out var all);
        if (all != extensions.Length) throw new AsnContentException("trailing bytes in an entry");
        for (var list = extensions.Slice(at, length); !list.IsEmpty;)
        {
            AsnDecoder.ReadSequence(list, Der, out var oneAt, out var oneLength, out var consumed);
            var one = list.Slice(oneAt, oneLength);
            list = list[consumed..];
            var isReason = one.StartsWith(ReasonOid);
            AsnDecoder.ReadEncodedValue(one, Der, out _, out _, out var read);
            one = one[read..];
            var critical = false;
            if (Asn1Tag.Decode(one, out _) == Asn1Tag.Boolean)
            {
                critical = AsnDecoder.ReadBoolean(one, Der, out read);
                one = one[read..];
            }
            if (isReason) reason = ReasonOf(one);
            else if (critical) throw new AsnContentException("critical extension in an entry");
        }
        return reason;
    }

    private static RevocationReason ReasonOf(ReadOnlySpan<byte> octetString)
    {
        if (!AsnDecoder.TryReadPrimitiveOctetString(octetString, Der, out var value, out _)) throw new AsnContentException("reason");
        var code = AsnDecoder.ReadEnumeratedBytes(value, Der, out _);
        // A reason of a later standard still revokes.
        return code.Length == 1 && Enum.IsDefined((RevocationReason)code[0]) ? (RevocationReason)code[0] : RevocationReason.Unspecified;
    }

    private static BigInteger NumberOf(ReadOnlyMemory<byte> value)
    {
        var number = new AsnReader(value, Der).ReadInteger();
        return number.Sign >= 0 && number.GetByteCount() <= 21 ? number : throw new AsnContentException("number out of range");
    }

    /// <summary>The one name of the distribution point that the list is for. A list for some reasons, other authorities or no citizens serves nobody here.</summary>
    private static string PointOf(ReadOnlyMemory<byte> value)
    {
        var fields = new AsnReader(value, Der).ReadSequence();
        var names = new List<string>();
        while (fields.HasData)
        {
            var tag = fields.PeekTag();
            if (tag == new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)) names.AddRange(Asn1Reading.PointNames(fields.ReadSequence(tag)));
            else if (tag != new Asn1Tag(TagClass.ContextSpecific, 1) || !fields.ReadBoolean(tag)) throw new AsnContentException("a partial list");
        }
        return names.Count switch { 0 => "", 1 => names[0], _ => throw new AsnContentException("several distribution points") };
    }
}

internal readonly record struct RevokedSerial(string Serial, RevocationReason Reason, long RevokedMs);
