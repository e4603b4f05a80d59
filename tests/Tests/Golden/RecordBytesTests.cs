using MyKey.Kernel;
using MyKey.Kernel.Chain;
using MyKey.Ledger;

namespace MyKey.Tests.Golden;

/// <summary>Goal: the bytes that are hashed never change (docs/adr/0002). Every value was computed by a second, independent encoder and is frozen.</summary>
public class RecordBytesTests
{
    private static readonly Guid One = new("00000000-0000-7000-8000-000000000001");
    private static readonly Guid Two = new("00000000-0000-7000-8000-000000000002");
    private static readonly MunicipalityCode A = MunicipalityCode.Of("132985");

    private static TransferRecord Use => new()
    {
        Bucket = 4, Id = new TransferId(new Guid("01605938-e500-7abc-8def-0123456789ab")), Kind = TransferKind.Use, Citizen = new CitizenId(One), EntryNo = 2,
        PreviousCommit = [.. Enumerable.Range(0, 32).Select(i => (byte)i)], TimeMs = 1_513_306_800_000, CivilDay = new DateOnly(2017, 12, 15),
        Actor = new Actor(ActorKind.Terminal, One), Acceptor = new AcceptorId(One), Terminal = new TerminalId(One), Programme = null, Cancels = null,
        Settings = "consume.order=grant_date",
        Legs = [new Leg(Account.Holding(A, new CitizenId(One)), new LotId(One), -1000, 1800), new Leg(Account.Acceptor(A, new AcceptorId(One)), null, 1000, null)],
        NewLots = [],
    };

    private static TransferRecord Grant => Use with
    {
        Kind = TransferKind.Grant,
        EntryNo = 1,
        PreviousCommit = null,
        Acceptor = null,
        Terminal = null,
        Programme = new ProgrammeId(One),
        Settings = "",
        Legs = [new Leg(Account.Budget(A, new ProgrammeId(One)), null, -2800, null), new Leg(Account.Holding(A, new CitizenId(One)), new LotId(One), 2800, 2800)],
        NewLots = [new LotRecord(new LotId(One), new DateOnly(2017, 12, 15), new DateOnly(2018, 12, 14), 2800,
            new LotSource(SourceKind.Exchange, new PartnerId(One), (2, 1)), new ProgrammeId(One), null)],
    };

    private static TransferRecord TicketIssue => Use with
    {
        Kind = TransferKind.TicketIssue,
        Legs = [new Leg(Account.Holding(A, new CitizenId(One)), new LotId(One), -1000, 1800), new Leg(Account.Ticket(A, Use.Id), new LotId(Two), 1000, 1000)],
        NewLots = [new LotRecord(new LotId(Two), new DateOnly(2017, 12, 15), new DateOnly(2018, 12, 14), 1000, new LotSource(SourceKind.Grant), new ProgrammeId(One), new LotId(One))],
    };

    private static TransferRecord Move => Use with
    {
        Kind = TransferKind.Move,
        Acceptor = null,
        Terminal = null,
        Legs = [new Leg(Account.Reserved(new CitizenId(One)), new LotId(One), -100, 0), new Leg(Account.Holding(A, new CitizenId(One)), new LotId(Two), 100, 100)],
        NewLots = [new LotRecord(new LotId(Two), new DateOnly(2017, 12, 15), new DateOnly(2018, 12, 14), 100, new LotSource(SourceKind.Exchange, new PartnerId(One), (2, 1)), null, new LotId(One))],
    };

    private static TransferRecord Void => Use with
    {
        Kind = TransferKind.Void,
        Acceptor = null,
        Terminal = null,
        Legs = [Use.Legs[0], new Leg(Account.Void(A), null, 1000, null)],
    };

    private static TransferRecord EventUse => Use with { Legs = [new Leg(Account.Event(A, new SupportEventId(Two)), new LotId(One), -1000, 1800), Use.Legs[1]] };

    /// <summary>Good ones of every kind.</summary>
    internal static IEnumerable<byte[]> Samples => new[] { Use, Grant, TicketIssue, Move, EventUse }.Select(r => r.Bytes(Canonical.Writer()));

    [Fact]
    public void The_record_of_a_use() => Assert.Equal(
        "9101045001605938e5007abc8def0123456789ab025000000000000070008000000000000001025820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1b00000160581d3f801a0133c9cf8203500000000000007000800000000000000150000000000000700080000000000000015000000000000070008000000000000001f6f67818636f6e73756d652e6f726465723d6772616e745f646174658284830166313332393835500000000000007000800000000000000150000000000000700080000000000000013903e7190708848303663133323938355000000000000070008000000000000001f61903e8f680",
        Hex(Use.Bytes(Canonical.Writer())));

    [Fact]
    public void The_record_of_a_grant() => Assert.Equal(
        "9101045001605938e5007abc8def0123456789ab01500000000000007000800000000000000101f61b00000160581d3f801a0133c9cf82035000000000000070008000000000000001f6f65000000000000070008000000000000001f66082848302663133323938355000000000000070008000000000000001f6390aeff68483016631333239383550000000000000700080000000000000015000000000000070008000000000000001190af0190af0818750000000000000700080000000000000011a0133c9cf1a0133f0de190af08402500000000000007000800000000000000102015000000000000070008000000000000001f6",
        Hex(Grant.Bytes(Canonical.Writer())));

    [Fact]
    public void The_record_of_a_ticket() => Assert.Equal(
        "9101045001605938e5007abc8def0123456789ab075000000000000070008000000000000001025820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1b00000160581d3f801a0133c9cf8203500000000000007000800000000000000150000000000000700080000000000000015000000000000070008000000000000001f6f67818636f6e73756d652e6f726465723d6772616e745f646174658284830166313332393835500000000000007000800000000000000150000000000000700080000000000000013903e7190708848308663133323938355001605938e5007abc8def0123456789ab50000000000000700080000000000000021903e81903e8818750000000000000700080000000000000021a0133c9cf1a0133f0de1903e88401f6000050000000000000700080000000000000015000000000000070008000000000000001",
        Hex(TicketIssue.Bytes(Canonical.Writer())));

    [Fact]
    public void The_record_of_a_move_out_of_the_pool() => Assert.Equal(
        "9101045001605938e5007abc8def0123456789ab065000000000000070008000000000000001025820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1b00000160581d3f801a0133c9cf82035000000000000070008000000000000001f6f6f6f67818636f6e73756d652e6f726465723d6772616e745f64617465828483066630303030303050000000000000700080000000000000015000000000000070008000000000000001386300848301663133323938355000000000000070008000000000000001500000000000007000800000000000000218641864818750000000000000700080000000000000021a0133c9cf1a0133f0de1864840250000000000000700080000000000000010201f65000000000000070008000000000000001",
        Hex(Move.Bytes(Canonical.Writer())));

    [Fact]
    public void The_record_of_a_use_of_event_points() => Assert.Equal(
        "9101045001605938e5007abc8def0123456789ab025000000000000070008000000000000001025820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1b00000160581d3f801a0133c9cf8203500000000000007000800000000000000150000000000000700080000000000000015000000000000070008000000000000001f6f67818636f6e73756d652e6f726465723d6772616e745f646174658284830766313332393835500000000000007000800000000000000250000000000000700080000000000000013903e7190708848303663133323938355000000000000070008000000000000001f61903e8f680",
        Hex(EventUse.Bytes(Canonical.Writer())));

    [Fact]
    public void The_record_of_what_became_void() => Assert.Equal(
        "9101045001605938e5007abc8def0123456789ab105000000000000070008000000000000001025820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1b00000160581d3f801a0133c9cf82035000000000000070008000000000000001f6f6f6f67818636f6e73756d652e6f726465723d6772616e745f646174658284830166313332393835500000000000007000800000000000000150000000000000700080000000000000013903e719070884830d663133323938355000000000000000000000000000000000f61903e8f680",
        Hex(Void.Bytes(Canonical.Writer())));

    [Fact]
    public void What_is_read_back_writes_the_same_bytes()
    {
        foreach (var record in new[] { Use, Grant, TicketIssue, Move, EventUse, Void })
        {
            var bytes = record.Bytes(Canonical.Writer());
            Assert.Equal(Hex(bytes), Hex(TransferRecord.Read(bytes).Bytes(Canonical.Writer())));
        }
    }

    [Fact]
    public void Trailing_bytes_and_longer_forms_of_a_number_are_not_accepted()
    {
        var bytes = Use.Bytes(Canonical.Writer());
        Assert.ThrowsAny<Exception>(() => TransferRecord.Read([.. bytes, 0]));
        Assert.ThrowsAny<Exception>(() => TransferRecord.Read([bytes[0], 0x18, 0x01, .. bytes[2..]]));
        Assert.ThrowsAny<Exception>(() => TransferRecord.Read(bytes[..^1]));
    }

    [Fact]
    public void The_commitment_entry_header_and_block_hash()
    {
        var commit = Entry.Commit(new byte[32], Use.Bytes(Canonical.Writer()));
        var entry = new byte[Entry.Length];
        Entry.Write(2, commit, entry);
        var leaf = new byte[32];
        Merkle.Leaf(entry, leaf);
        var header = new BlockHeader(HistoryStream.Points, 4, 1, BlockHeader.NoBlock, 1, Merkle.Root((byte[])leaf.Clone()), 1_513_306_800_000, One, 1,
            [new BlockSum("132985", 1, 1000, 0), new BlockSum("132985", 3, 0, 1000)]);

        Assert.Equal("28ffe8310202ea4c518dc44df4bc6cd857058e20f8308e0897b63e03359a5120", Hex(commit));
        Assert.Equal("8c010000040158200000000000000000000000000000000000000000000000000000000000000000015820ced71139a8e4df98790513e06f5f4aa1afc87762f7146a72f595b54df29023dd1b00000160581d3f80500000000000007000800000000000000101828466313332393835011903e800846631333239383503001903e8", Hex(header.Bytes()));
        Assert.Equal("df2c1ed5420317000d64776610d0f6e66aca9de86284e88e98bd2c0b93e0eab7", Hex(header.Hash()));
    }

    [Fact]
    public void The_legs_of_a_transfer_row() => Assert.Equal("""[["1.132985.00000000000070008000000000000001","00000000000070008000000000000001",-1000,1800],["3.132985.00000000000070008000000000000001",null,1000,null]]""", Use.LegsText());

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
