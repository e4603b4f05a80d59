using System.Buffers.Binary;
using System.Text;

namespace MyKey.Tests.Simulation;

/// <summary>As much of CBOR as blocks need, written a second time: whole numbers, bytes, text, arrays, null.</summary>
internal static class Cbor
{
    public static object? Read(byte[] bytes)
    {
        var at = 0;
        var value = Read(bytes, ref at);
        return at == bytes.Length ? value : throw new InvalidDataException("trailing bytes");
    }

    public static byte[] Write(object? value)
    {
        var to = new MemoryStream();
        Write(to, value);
        return to.ToArray();
    }

    private static object? Read(byte[] from, ref int at)
    {
        var first = from[at++];
        if (first == 0xF6) return null;
        var number = Number(from, ref at, first & 31);
        switch (first >> 5)
        {
            case 0: return number;
            case 1: return -1 - number;
            case 2 or 3:
                var bytes = from[at..(at += (int)number)];
                return first >> 5 == 2 ? bytes : Encoding.UTF8.GetString(bytes);
            case 4:
                var items = new object?[number];
                for (var i = 0; i < items.Length; i++) items[i] = Read(from, ref at);
                return items;
            default: throw new InvalidDataException($"an item of type {first >> 5}");
        }
    }

    private static long Number(byte[] from, ref int at, int small)
    {
        if (small < 24) return small;
        var length = 1 << (small - 24);
        long number = 0;
        for (var i = 0; i < length; i++) number = number << 8 | from[at++];
        return number;
    }

    private static void Write(MemoryStream to, object? value)
    {
        switch (value)
        {
            case null: to.WriteByte(0xF6); break;
            case int number: Write(to, (long)number); break;
            case long number: Head(to, number < 0 ? 1 : 0, number < 0 ? -1 - number : number); break;
            case byte[] bytes: Head(to, 2, bytes.Length); to.Write(bytes); break;
            case string text: Head(to, 3, Encoding.UTF8.GetByteCount(text)); to.Write(Encoding.UTF8.GetBytes(text)); break;
            case object?[] items: Head(to, 4, items.Length); foreach (var item in items) Write(to, item); break;
            default: throw new InvalidDataException($"{value.GetType()}");
        }
    }

    private static void Head(MemoryStream to, int type, long number)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, number);
        var length = number < 24 ? 0 : number < 256 ? 1 : number < 65_536 ? 2 : number <= uint.MaxValue ? 4 : 8;
        to.WriteByte((byte)(type << 5 | (length == 0 ? (int)number : 24 + System.Numerics.BitOperations.Log2((uint)length))));
        to.Write(eight[(8 - length)..]);
    }
}
