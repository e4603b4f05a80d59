namespace MyKey.Tests.Simulation;

/// <summary>A posting as the record tells it. Kinds of account: 1 holding, 2 budget, 3 acceptor, 4 expired.</summary>
internal sealed record Posting(long Kind, string Issuer, Guid Owner, Guid? Lot, long Amount, long? BalanceAfter);

internal sealed record MadeLot(Guid Id, long AcquiredOn, long ExpiresOn, long Amount, Guid? Programme, Guid? Parent);

/// <summary>One transfer, read from its record alone (docs/adr/0002), by a second implementation.</summary>
internal sealed record Record(Guid Id, long Kind, Guid Citizen, long EntryNo, byte[]? PreviousCommit, long TimeMs, long Day, Guid? Acceptor, Guid? Programme, Guid? Cancels,
    string Settings, IReadOnlyList<Posting> Postings, IReadOnlyList<MadeLot> Lots)
{
    public const long Grant = 1, Use = 2, Cancel = 3, Expire = 4;

    /// <summary>Bucket, height, position: where it stands.</summary>
    public required (int Bucket, long Height, int Pos) Place { get; init; }

    public required byte[] Commit { get; init; }

    public long Moved => Postings.Where(p => p.Amount > 0).Sum(p => p.Amount);

    public long BalanceAfter => Postings.Last(p => p.BalanceAfter is not null).BalanceAfter!.Value;

    public static Record Read(byte[] bytes, byte[] commit, (int Bucket, long Height, int Pos) place)
    {
        var f = (object?[])Cbor.Read(bytes)!;
        if (f.Length != 17 || (long)f[0]! != 1 || (long)f[1]! != place.Bucket) throw new InvalidDataException("not a record of this bucket");
        var postings = Rows(f[15]).Select(p => new Posting((long)Items(p[0])[0]!, (string)Items(p[0])[1]!, IdOf(Items(p[0])[2])!.Value, IdOf(p[1]), (long)p[2]!, (long?)p[3])).ToList();
        var lots = Rows(f[16]).Select(l => new MadeLot(IdOf(l[0])!.Value, (long)l[1]!, (long)l[2]!, (long)l[3]!, IdOf(l[5]), IdOf(l[6]))).ToList();
        return new Record(IdOf(f[2])!.Value, (long)f[3]!, IdOf(f[4])!.Value, (long)f[5]!, (byte[]?)f[6], (long)f[7]!, (long)f[8]!, IdOf(f[10]), IdOf(f[12]), IdOf(f[13]), (string)f[14]!, postings, lots)
        {
            Place = place, Commit = commit,
        };
    }

    private static object?[] Items(object? value) => (object?[])value!;

    private static IEnumerable<object?[]> Rows(object? value) => Items(value).Cast<object?[]>();

    private static Guid? IdOf(object? value) => value is byte[] bytes ? new Guid(bytes, bigEndian: true) : null;
}
