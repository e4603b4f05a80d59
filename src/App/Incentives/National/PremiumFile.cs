using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>Receiving: not all of it is here. Looked: it is, and nothing is posted. Posting, Done: the service has said so. Refused: none of it is.</summary>
public enum PremiumFileState { Receiving, Looked, Posting, Done, Refused }

/// <summary>A file of events of a service.</summary>
/// <param name="Sha256">Of the file: its name.</param>
/// <param name="Lines">Read so far; <paramref name="Good"/> of them are events.</param>
/// <param name="PostedLine">The last one that the ledger has answered.</param>
/// <param name="Digest">Over what was read so far: a file that is sent again goes on where the first try ended, if it is the same one.</param>
public sealed record PremiumFile(Guid Id, PaymentServiceId Service, string Sha256, PremiumFileState State, int Lines, int Good, int PostedLine, byte[] Digest, MachineId Machine, long MadeMs);

internal sealed class PremiumFileRow
{
    public const string All = "select id, service, sha256, state, line_count, good_count, posted_line, digest, machine, made_ms from inc_premium_file";

    public Guid Id { get; init; }
    public PaymentServiceId Service { get; init; }
    public string Sha256 { get; init; } = "";
    public string State { get; init; } = "";
    public int LineCount { get; init; }
    public int GoodCount { get; init; }
    public int PostedLine { get; init; }
    public byte[] Digest { get; init; } = [];
    public MachineId Machine { get; init; }
    public long MadeMs { get; init; }

    public PremiumFile Read() => new(Id, Service, Sha256, Words<PremiumFileState>.Stored(State), LineCount, GoodCount, PostedLine, Digest, Machine, MadeMs);
}

/// <summary>The lines of a file while it comes: <c>eventId</c>, <c>number</c> or <c>account</c>, <c>kind</c>, <c>amount</c>, <c>at</c>, <c>reverses</c> in any order, UTF-8. The header is line 1.</summary>
internal sealed class PremiumLines(Stream body) : IAsyncDisposable
{
    private static readonly CsvReaderOptions Form = new() { Separator = ',', HasHeader = false, SkipEmptyLines = true, TrackLineNumbers = true };

    private static readonly string[] Columns = ["eventid", "kind", "at", "amount", "number", "account", "reverses"];

    private const int Required = 3;

    private readonly SHA256 sha = SHA256.Create();

    /// <summary>Of all bytes, once they were read.</summary>
    public string Sha256 => Convert.ToHexStringLower(Must.Have(sha.Hash, "the file was read to its end"));

    /// <summary>Why it can't be read at all: <c>field_required</c> (field), <c>field_unknown</c> (field) for anything that is not asked for (S3-20); set before the first line.</summary>
    public Refusal? Unreadable { get; private set; }

    public async IAsyncEnumerable<List<SaidEvent>> Chunks(int linesAtOnce, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var hashed = new CryptoStream(body, sha, CryptoStreamMode.Read, leaveOpen: true);
        using var reader = CsvReader.Create(hashed, Form, true);
        if (await Header(reader, stop) is not { } at) yield break;
        var lines = new List<SaidEvent>(linesAtOnce);
        while (await reader.ReadAsync(stop))
        {
            lines.Add(Line(reader, at));
            if (lines.Count < linesAtOnce) continue;
            yield return lines;
            lines = new List<SaidEvent>(linesAtOnce);
        }
        if (lines.Count > 0) yield return lines;
    }

    /// <summary>What was read up to a line, as one hash.</summary>
    public static byte[] Digest(byte[] before, List<SaidEvent> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Span<byte> number = stackalloc byte[4];
        foreach (var line in lines)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, line.Line);
            hash.AppendData(number);
            hash.AppendData(Encoding.UTF8.GetBytes($"{line.EventId}|{line.Number}|{line.Word}|{line.Kind}|{line.Amount}|{line.At}|{line.Reverses}"));
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
        var at = Columns.Select(c => header.IndexOf(c)).ToArray();
        if (Array.FindIndex(at, 0, Required, p => p < 0) is >= 0 and var missing) Unreadable = Refusal.Of("field_required", ("field", Columns[missing]));
        else if (header.FindIndex(h => !Columns.Contains(h)) is >= 0 and var other) Unreadable = Refusal.Of("field_unknown", ("field", header[other]));
        return Unreadable is null ? at : null;
    }

    private static SaidEvent Line(CsvReader reader, int[] at)
    {
        string? Cell(int column) => at[column] >= 0 && at[column] < reader.FieldCount && reader.GetString(at[column]).Trim() is { Length: > 0 } text ? text : null;
        return new SaidEvent((int)reader.LineNumber, Cell(0), Cell(4), Cell(5), Cell(1), Cell(3), Cell(2), Cell(6));
    }
}
