using System.Text;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>A transfer as it stands in a file, names and numbers as they are written there.</summary>
/// <param name="Record">Its number in the file; the header is 1.</param>
/// <param name="Mark">The byte at which a bank that gives the file back says what became of it; a space where it says nothing.</param>
public sealed record ReadTransfer(int Record, string Bank, string Branch, char Kind, string Number, string Holder, long Amount, long OurNumber, char Mark);

/// <param name="MonthDay">MMDD.</param>
public sealed record ReadZengin(string PayerCode, string MonthDay, string Bank, string Branch, string Account, IReadOnlyList<ReadTransfer> Transfers, long Total);

/// <summary>
/// Reads a file of 総合振込 byte by byte, from the places that the format names and from nothing that writes one: what goes to the bank is read again before anybody may send it, and what comes back is read by it, too.
/// </summary>
public static class ZenginReading
{
    private const int Length = 120;

    /// <param name="markAt">Position in a data record, counted from 1, at which this bank tells the result.</param>
    /// <returns>What it says; <c>bank_file_bad</c> (record, position) for the whole of it at the first byte that is wrong.</returns>
    public static Result<ReadZengin> Read(ReadOnlyMemory<byte> file, int markAt = Length)
    {
        if (Records(file.Span) is not { Count: >= 4 } records) return Bad(1, 1);
        ReadZengin? head = null;
        var transfers = new List<ReadTransfer>(records.Count);
        for (var no = 1; no <= records.Count; no++)
        {
            var record = records[no - 1];
            var wanted = no == 1 ? '1' : no == records.Count ? '9' : no == records.Count - 1 ? '8' : '2';
            if (record.Array![record.Offset] != wanted) return Bad(no, 1);
            var wrong = wanted switch { '1' => WrongHeader(record), '2' => WrongTransfer(record), '8' => WrongTrailer(record), _ => FirstNot(record, 2, Length, b => b == ' ') };
            if (wrong is { } position) return Bad(no, position);
            if (wanted == '1') head = new ReadZengin(At(record, 5, 10), At(record, 55, 4), At(record, 59, 4), At(record, 78, 3), At(record, 97, 7), transfers, 0);
            if (wanted == '2') transfers.Add(Transfer(record, no, markAt));
        }
        var (trailer, total) = (records[^2], transfers.Sum(t => t.Amount));
        if (NumberAt(trailer, 2, 6) != transfers.Count) return Bad(records.Count - 1, 2);
        return NumberAt(trailer, 8, 12) != total ? Bad(records.Count - 1, 8) : head! with { Total = total };
    }

    private static List<ArraySegment<byte>>? Records(ReadOnlySpan<byte> file)
    {
        var bytes = file.ToArray();
        var end = bytes.Length > 0 && bytes[^1] == 0x1A ? bytes.Length - 1 : bytes.Length;
        var step = end > Length + 1 && bytes[Length] == '\r' && bytes[Length + 1] == '\n' ? Length + 2 : Length;
        if (end == 0 || end % step != 0) return null;
        var records = new List<ArraySegment<byte>>(end / step);
        for (var at = 0; at < end; at += step)
        {
            if (step > Length && (bytes[at + Length] != '\r' || bytes[at + Length + 1] != '\n')) return null;
            records.Add(new ArraySegment<byte>(bytes, at, Length));
        }
        return records;
    }

    private static int? WrongHeader(ArraySegment<byte> r) =>
        FirstNot(r, 2, 2, b => b == '2') ?? FirstNot(r, 3, 3, b => b == '1') ?? FirstNot(r, 4, 4, b => b == '0') ?? FirstNot(r, 5, 14, Digit) ?? NotAName(r, 15, 40) ?? FirstNot(r, 55, 58, Digit)
        ?? (!DateOnly.TryParseExact($"2024{At(r, 55, 4)}", "yyyyMMdd", null, System.Globalization.DateTimeStyles.None, out _) ? (int?)55 : null)
        ?? FirstNot(r, 59, 62, Digit) ?? NotAName(r, 63, 15) ?? FirstNot(r, 78, 80, Digit) ?? NotAName(r, 81, 15) ?? FirstNot(r, 96, 96, b => b is (byte)'1' or (byte)'2' or (byte)'9')
        ?? FirstNot(r, 97, 103, Digit) ?? FirstNot(r, 104, 120, b => b == ' ');

    private static int? WrongTransfer(ArraySegment<byte> r) =>
        FirstNot(r, 2, 5, Digit) ?? NotAName(r, 6, 15) ?? FirstNot(r, 21, 23, Digit) ?? NotAName(r, 24, 15) ?? FirstNot(r, 39, 42, b => b is (byte)'0' or (byte)' ')
        ?? FirstNot(r, 43, 43, b => b is (byte)'1' or (byte)'2' or (byte)'4' or (byte)'9') ?? FirstNot(r, 44, 50, Digit) ?? (At(r, 51, 30).Trim().Length == 0 ? (int?)51 : NotAName(r, 51, 30)) ?? FirstNot(r, 81, 90, Digit)
        ?? (NumberAt(r, 81, 10) == 0 ? (int?)81 : null) ?? FirstNot(r, 91, 91, b => b is >= (byte)'0' and <= (byte)'2') ?? FirstNot(r, 92, 111, Digit) ?? FirstNot(r, 112, 112, b => b is (byte)'7' or (byte)'8')
        ?? FirstNot(r, 113, 113, b => b == ' ') ?? FirstNot(r, 114, 120, Letter);

    private static int? WrongTrailer(ArraySegment<byte> r) => FirstNot(r, 2, 19, Digit) ?? FirstNot(r, 20, 120, b => b == ' ');

    private static ReadTransfer Transfer(ArraySegment<byte> r, int no, int markAt) =>
        new(no, At(r, 2, 4), At(r, 21, 3), (char)r[42], At(r, 44, 7), Name(r, 51, 30), NumberAt(r, 81, 10), NumberAt(r, 92, 10), (char)r[markAt - 1]);

    private static bool Digit(byte b) => b is >= (byte)'0' and <= (byte)'9';

    /// <summary>A capital, a digit, a sign that names may have, or kana that is not small.</summary>
    private static bool Letter(byte b) => Digit(b) || b is >= (byte)'A' and <= (byte)'Z' or (byte)' ' or (byte)'(' or (byte)')' or (byte)'-' or (byte)'.' or (byte)'/' or >= 0xB1 and <= 0xDF;

    /// <summary>A name begins at its first byte; behind it there are spaces only.</summary>
    private static int? NotAName(ArraySegment<byte> r, int from, int length) => FirstNot(r, from, from + length - 1, Letter) ?? (r[from - 1] == ' ' && At(r, from, length).Trim().Length > 0 ? from : null);

    /// <summary>Positions as the format counts them: from 1, both ends with them.</summary>
    private static int? FirstNot(ArraySegment<byte> r, int from, int to, Func<byte, bool> good)
    {
        for (var at = from; at <= to; at++)
            if (!good(r[at - 1])) return at;
        return null;
    }

    private static string At(ArraySegment<byte> r, int from, int length) => Encoding.Latin1.GetString(r.AsSpan(from - 1, length));

    private static string Name(ArraySegment<byte> r, int from, int length) => string.Concat(At(r, from, length).TrimEnd(' ').Select(c => c >= 0xA1 ? (char)(0xFF61 + (c - 0xA1)) : c));

    private static long NumberAt(ArraySegment<byte> r, int from, int length)
    {
        long number = 0;
        for (var at = from - 1; at < from - 1 + length; at++) number = number * 10 + (r[at] - '0');
        return number;
    }

    private static Refusal Bad(int record, int position) => Refusal.Of("bank_file_bad", ("record", record), ("position", position));
}
