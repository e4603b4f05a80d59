using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using CsvHelper;
using MyKey.App.Partners;
using MyKey.App.Shared.Csv;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <summary>
/// A partner's file, read while it comes: <c>コード</c>, <c>ポイント</c> (the partner's), <c>期限</c> (last day, yyyy-MM-dd), UTF-8, in any order. The
/// header is line 1.
/// </summary>
internal sealed class CouponFile(Stream body, Partner partner, Func<PartnerId, CouponCode, CouponPlace> places, DateOnly today) : IDisposable
{
    private static readonly (string Name, string Other)[] Columns = [("コード", "code"), ("ポイント", "points"), ("期限", "expires")];

    private static readonly string[] DayForms = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d"];

    private readonly HashedCsv file = new(body);

    /// <summary>Of all bytes, once they were read.</summary>
    public string Sha256 => file.Sha256;

    /// <summary>Why it can't be read at all: <c>field_required</c> (field), <c>field_unknown</c> (field); set before the first line.</summary>
    public Refusal? Unreadable => file.Unreadable;

    public IAsyncEnumerable<List<CouponLine>> Chunks(int linesAtOnce, CancellationToken stop) => file.Chunks(linesAtOnce, Places, Judge, stop);

    /// <summary>What was read up to a line, as one hash: two files that are the same so far have the same.</summary>
    public static byte[] Digest(byte[] before, List<CouponLine> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Span<byte> numbers = stackalloc byte[16];
        foreach (var line in lines)
        {
            BinaryPrimitives.WriteInt32BigEndian(numbers, line.Line);
            BinaryPrimitives.WriteInt64BigEndian(numbers[4..], line.Points);
            BinaryPrimitives.WriteInt32BigEndian(numbers[12..], line.Code is null ? line.ExpiresOn.ToNumber() : 0);
            hash.AppendData(numbers);
            hash.AppendData(line.Place.Hash ?? []);
        }
        return hash.GetHashAndReset();
    }

    public void Dispose() => file.Dispose();

    private static Result<int[]> Places(List<string> header)
    {
        var at = Columns.Select(c => header.FindIndex(h => h == c.Name || h == c.Other)).ToArray();
        if (Array.IndexOf(at, -1) is >= 0 and var missing) return Refusal.Of("field_required", ("field", Columns[missing].Name));
        // A column nobody asked for may hold names: such a file is better not sent.
        return header.Count > at.Length ? Refusal.Of("field_unknown", ("field", header.Where((_, i) => !at.Contains(i)).First())) : at;
    }

    private CouponLine Judge(CsvReader reader, int[] at)
    {
        var line = (int)reader.LineNumber;
        string Cell(int column) => at[column] < reader.FieldCount ? reader.GetString(at[column]).Trim() : "";
        var code = CouponCode.Read(Cell(0));
        if (code.Refused is { } noCode) return CouponLine.Refused(line, noCode.Code);
        var points = Points.Read(Cell(1));
        if (points.Refused is { } noPoints) return CouponLine.Refused(line, noPoints.Code);
        if (partner.TermsOn(today)?.Takes(points.Value.Value) is { } noTerms) return CouponLine.Refused(line, noTerms.Code);
        if (!DateOnly.TryParseExact(Cell(2), DayForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var expires)) return CouponLine.Refused(line, "number_format");
        if (expires < today) return CouponLine.Refused(line, "coupon_expired");
        return new CouponLine(line, places(partner.Id, code.Value), points.Value.Value, expires, null);
    }
}
