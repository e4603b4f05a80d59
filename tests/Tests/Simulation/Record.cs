namespace MyKey.Tests.Simulation;

/// <summary>Kinds of account: 1 holding, 2 budget, 3 acceptor, 4 expired, 5 partner, 6 reserved, 7 event, 8 ticket, 9 pledge, 10 desk of vouchers, 11 card centre, 12 payment service, 13 void, 14 donation, 15 entitlement. Issuer 000001 is the State.</summary>
internal readonly record struct Box(long Kind, string Issuer, Guid Owner);

/// <summary>A posting as the record tells it.</summary>
internal sealed record Posting(Box Box, Guid? Lot, long Amount, long? BalanceAfter)
{
    public long Kind => Box.Kind;

    public string Issuer => Box.Issuer;
}

/// <param name="Source">Kind, partner and rate.</param>
internal sealed record MadeLot(Guid Id, long AcquiredOn, long ExpiresOn, long Amount, string Source, Guid? Programme, Guid? Parent);

/// <summary>One transfer, read from its record alone (docs/adr/0002), by a second implementation.</summary>
internal sealed record Record(Guid Id, long Kind, Guid Citizen, long EntryNo, byte[]? PreviousCommit, long TimeMs, long Day, Guid? Acceptor, Guid? Programme, Guid? Cancels,
    string Settings, IReadOnlyList<Posting> Postings, IReadOnlyList<MadeLot> Lots)
{
    public const long Grant = 1, Use = 2, Cancel = 3, Expire = 4, Exchange = 5, Move = 6, TicketIssue = 7, TicketUse = 8, TicketReturn = 9,
        Voucher = 10, Charge = 11, Pledge = 12, Capture = 13, Release = 14, Donate = 15, Void = 16, Refund = 17, Recall = 18, Payout = 19, Premium = 20;

    /// <summary>Bucket, height, position: where it stands.</summary>
    public required (int Bucket, long Height, int Pos) Place { get; init; }

    public required byte[] Commit { get; init; }

    /// <summary>What the budget of a programme adds to a voucher, or gets back with it.</summary>
    public long Added => Kind == Grant ? 0 : -Postings.Where(p => p.Kind == 2).Sum(p => p.Amount);

    public long Moved => Postings.Where(p => p.Amount > 0).Sum(p => p.Amount);

    /// <summary>Of the holding, where one is touched; else of the event's or the reserved points or an entitlement; else of the pledge or ticket; nothing for a premium of the State.</summary>
    public long BalanceAfter => new[] { 1L, 7L, 15L, 6L, 9L, 8L }.Select(kind => Postings.LastOrDefault(p => p.Kind == kind)).FirstOrDefault(p => p is not null)?.BalanceAfter ?? 0;

    public static Record Read(byte[] bytes, byte[] commit, (int Bucket, long Height, int Pos) place)
    {
        var f = (object?[])Cbor.Read(bytes)!;
        if (f.Length != 17 || (long)f[0]! != 1 || (long)f[1]! != place.Bucket) throw new InvalidDataException("not a record of this bucket");
        var postings = Rows(f[15]).Select(p => new Posting(new Box((long)Items(p[0])[0]!, (string)Items(p[0])[1]!, IdOf(Items(p[0])[2])!.Value), IdOf(p[1]), (long)p[2]!, (long?)p[3])).ToList();
        var lots = Rows(f[16]).Select(l => new MadeLot(IdOf(l[0])!.Value, (long)l[1]!, (long)l[2]!, (long)l[3]!, Source(Items(l[4])), IdOf(l[5]), IdOf(l[6]))).ToList();
        return new Record(IdOf(f[2])!.Value, (long)f[3]!, IdOf(f[4])!.Value, (long)f[5]!, (byte[]?)f[6], (long)f[7]!, (long)f[8]!, IdOf(f[10]), IdOf(f[12]), IdOf(f[13]), (string)f[14]!, postings, lots)
        {
            Place = place, Commit = commit,
        };
    }

    private static string Source(object?[] source) => $"{source[0]} {IdOf(source[1])} {source[2]}:{source[3]}";

    private static object?[] Items(object? value) => (object?[])value!;

    private static IEnumerable<object?[]> Rows(object? value) => Items(value).Cast<object?[]>();

    private static Guid? IdOf(object? value) => value is byte[] bytes ? new Guid(bytes, bigEndian: true) : null;
}
