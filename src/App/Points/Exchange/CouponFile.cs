using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CsvHelper;
using MyKey.App.Partners;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <summary>
/// A partner's file, read while it comes: <c>コード</c>, <c>ポイント</c> (the partner's), <c>期限</c> (last day, yyyy-MM-dd), UTF-8, in any order. The
/// header is line 1.
/// </summary>
internal sealed class CouponFile(Stream body, Partner partner, Func<PartnerId, CouponCode, CouponPlace> places, DateOnly today) : IAsyncDisposable
{
    private static readonly CsvReaderOptions Form = new() { Separator = ',', HasHeader = false, SkipEmptyLines = true, TrackLineNumbers = true };

    private static readonly (string Name, string Other)[] Columns = [("コード", "code"), ("ポイント", "points"), ("期限", "expires")];

    private static readonly string[] DayForms = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d"];

    private readonly SHA256 sha = SHA256.Create();

    /// <summary>Of all bytes, once they were read.</summary>
    public string Sha256 => Convert.ToHexStringLower(Must.Have(sha.Hash, "the file was read to its end"));

    /// <summary>Why it can't be read at all: <c>field_required</c> (field), <c>field_unknown</c> (field); set before the first line.</summary>
    public Refusal? Unreadable { get; private set; }

    public async IAsyncEnumerable<List<CouponLine>> Chunks(int linesAtOnce, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var hashed = new CryptoStream(body, sha, CryptoStreamMode.Read, leaveOpen: true);
        using var reader = CsvReader.Create(hashed, Form, true);
        var at = await Header(reader, stop);
        if (at is null) yield break;
        var lines = new List<CouponLine>(linesAtOnce);
        while (await reader.ReadAsync(stop))
        {
            lines.Add(Judge(reader, at));
            if (lines.Count < linesAtOnce) continue;
            yield return lines;
            lines = new List<CouponLine>(linesAtOnce);
        }
        if (lines.Count > 0) yield return lines;
    }

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

    public ValueTask DisposeAsync()
    {
        sha.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<int[]?> Header(CsvReader reader, CancellationToken stop)
    {
        var header = new List<string>();
        if (await reader.ReadAsync(stop))
            for (var i = 0; i < reader.FieldCount; i++) header.Add(Typed.HalfWidth(reader.GetString(i).TrimStart('\uFEFF')).ToLowerInvariant());
        var at = Columns.Select(c => header.FindIndex(h => h == c.Name || h == c.Other)).ToArray();
        if (Array.IndexOf(at, -1) is >= 0 and var missing) Unreadable = Refusal.Of("field_required", ("field", Columns[missing].Name));
        // A column nobody asked for may hold names: such a file is better not sent.
        else if (header.Count > at.Length) Unreadable = Refusal.Of("field_unknown", ("field", header.Where((_, i) => !at.Contains(i)).First()));
        return Unreadable is null ? at : null;
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
