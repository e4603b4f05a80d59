using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
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
internal sealed class PremiumLines(Stream body) : IDisposable
{
    private static readonly string[] Columns = ["eventid", "kind", "at", "amount", "number", "account", "reverses"];

    private const int Required = 3;

    private readonly HashedCsv file = new(body);

    /// <summary>Of all bytes, once they were read.</summary>
    public string Sha256 => file.Sha256;

    /// <summary>Why it can't be read at all: <c>field_required</c> (field), <c>field_unknown</c> (field) for anything that is not asked for (S3-20); set before the first line.</summary>
    public Refusal? Unreadable => file.Unreadable;

    public IAsyncEnumerable<List<SaidEvent>> Chunks(int linesAtOnce, CancellationToken stop) => file.Chunks(linesAtOnce, Places, Line, stop);

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

    public void Dispose() => file.Dispose();

    private static Result<int[]> Places(List<string> header)
    {
        var at = Columns.Select(c => header.IndexOf(c)).ToArray();
        if (Array.FindIndex(at, 0, Required, p => p < 0) is >= 0 and var missing) return Refusal.Of("field_required", ("field", Columns[missing]));
        return header.FindIndex(h => !Columns.Contains(h)) is >= 0 and var other ? Refusal.Of("field_unknown", ("field", header[other])) : at;
    }

    private static SaidEvent Line(CsvReader reader, int[] at)
    {
        string? Cell(int column) => at[column] >= 0 && at[column] < reader.FieldCount && reader.GetString(at[column]).Trim() is { Length: > 0 } text ? text : null;
        return new SaidEvent((int)reader.LineNumber, Cell(0), Cell(4), Cell(5), Cell(1), Cell(3), Cell(2), Cell(6));
    }
}
