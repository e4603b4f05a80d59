using System.Formats.Cbor;

namespace MyKey.Kernel.Chain;

/// <summary>
/// Canonical bytes: deterministic CBOR (RFC 8949 4.2), fixed positions; integers, byte strings, NFC text, arrays and null only.
/// What is hashed is stored, byte for byte; nothing is serialised again to verify.
/// </summary>
public static class Canonical
{
    public static CborWriter Writer() => new(CborConformanceMode.Canonical, convertIndefiniteLengthEncodings: false, initialCapacity: 512);

    /// <summary>A reader that accepts nothing but the canonical form.</summary>
    public static CborReader Reader(ReadOnlyMemory<byte> bytes) => new(bytes, CborConformanceMode.Canonical);

    /// <summary>Reads a whole record; whatever is wrong with its bytes is one kind of exception.</summary>
    /// <exception cref="CborContentException">Not the canonical form, another type than expected, or a value out of its range.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, Func<CborReader, T> read)
    {
        try
        {
            return read(Reader(bytes));
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or OverflowException or ArgumentException or FormatException)
        {
            throw new CborContentException(wrong.Message, wrong);
        }
    }

    public static void Id(this CborWriter writer, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.WriteByteString(bytes);
    }

    public static void IdOrNull(this CborWriter writer, Guid? id)
    {
        if (id is { } value) writer.Id(value);
        else writer.WriteNull();
    }

    public static Guid Id(this CborReader reader)
    {
        var bytes = reader.ReadByteString();
        if (bytes.Length != 16) throw new CborContentException("an id has 16 bytes");
        return new Guid(bytes, bigEndian: true);
    }

    public static Guid? IdOrNull(this CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.Null) return reader.Id();
        reader.ReadNull();
        return null;
    }

    /// <summary>Ends a record: closes the array and refuses trailing bytes.</summary>
    public static void End(this CborReader reader)
    {
        reader.ReadEndArray();
        if (reader.BytesRemaining != 0) throw new CborContentException("trailing bytes");
    }
}
