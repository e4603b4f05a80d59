using System.Formats.Asn1;

namespace MyKey.Identity.Certificates;

/// <summary>
/// Whether bytes are one DER value and nothing else, down to the leaves: the same certificate has one form only, and no parser behind
/// this one sees anything that another would read differently.
/// </summary>
internal static class StrictDer
{
    private const int DeepestNesting = 16;

    /// <summary>Refuses with an exception what is not DER.</summary>
    /// <exception cref="AsnContentException">Not DER, or something follows it.</exception>
    public static void Demand(ReadOnlySpan<byte> bytes)
    {
        if (Element(bytes, 0) != bytes.Length) throw new AsnContentException("trailing bytes");
    }

    private static int Element(ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > DeepestNesting) throw new AsnContentException("nested too deeply");
        var tag = AsnDecoder.ReadEncodedValue(bytes, AsnEncodingRules.DER, out var at, out var length, out var consumed);
        var content = bytes.Slice(at, length);
        if (tag.IsConstructed)
        {
            for (var done = 0; done < content.Length;) done += Element(content[done..], depth + 1);
        }
        else if (tag.TagClass == TagClass.Universal)
        {
            Leaf((UniversalTagNumber)tag.TagValue, bytes);
        }
        return consumed;
    }

    private static void Leaf(UniversalTagNumber kind, ReadOnlySpan<byte> bytes)
    {
        const AsnEncodingRules Der = AsnEncodingRules.DER;
        switch (kind)
        {
            case UniversalTagNumber.Boolean: AsnDecoder.ReadBoolean(bytes, Der, out _); break;
            case UniversalTagNumber.Integer: AsnDecoder.ReadIntegerBytes(bytes, Der, out _); break;
            case UniversalTagNumber.BitString: AsnDecoder.ReadBitString(bytes, Der, out _, out _); break;
            case UniversalTagNumber.Null: AsnDecoder.ReadNull(bytes, Der, out _); break;
            case UniversalTagNumber.ObjectIdentifier: AsnDecoder.ReadObjectIdentifier(bytes, Der, out _); break;
            case UniversalTagNumber.Enumerated: AsnDecoder.ReadEnumeratedBytes(bytes, Der, out _); break;
            case UniversalTagNumber.UtcTime: AsnDecoder.ReadUtcTime(bytes, Der, out _); break;
            case UniversalTagNumber.GeneralizedTime: AsnDecoder.ReadGeneralizedTime(bytes, Der, out _); break;
            case UniversalTagNumber.Sequence or UniversalTagNumber.Set: throw new AsnContentException("primitive sequence");
        }
    }
}
