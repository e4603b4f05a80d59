using System.Formats.Cbor;
using MyKey.Kernel.OperationLog;

namespace MyKey.Tests.Kernel.OperationLog;

/// <summary>Goal: the bytes of a record are frozen; what was sealed stays readable for ever.</summary>
public class OperationRecordTests
{
    public static OperationRecord Full { get; } = new()
    {
        Bucket = 5, Id = Guid.Parse("01902030-4050-7060-8070-809010111213"), TimeMs = 1_901_322_000_000, CivilDay = 20300402, Action = "terminal.registered", ActorKind = 2,
        Actor = Guid.Parse("a0000000-0000-7000-8000-000000000001"), Subject = Guid.Parse("b0000000-0000-7000-8000-000000000002"), Citizen = Guid.Parse("c0000000-0000-4000-8000-000000000003"),
        Terminal = Guid.Parse("d0000000-0000-7000-8000-000000000004"), Before = "", After = "売店の端末", Reason = "new till",
    };

    public static OperationRecord Bare { get; } = Full with { Bucket = 0, Subject = null, Citizen = null, Terminal = null, Before = null, After = null, Reason = null };

    // Written by hand from RFC 8949, not copied from what the code printed.
    private const string FullBytes = "8e010550019020304050706080708090101112131b000001baaf9f56801a0135c272737465726d696e616c2e726567697374657265640250a000000000007000800000000000000150b000000000007000800000000000000250c000000000004000800000000000000350d0000000000070008000000000000004606fe5a3b2e5ba97e381aee7abafe69cab686e65772074696c6c";

    private const string BareBytes = "8e010050019020304050706080708090101112131b000001baaf9f56801a0135c272737465726d696e616c2e726567697374657265640250a0000000000070008000000000000001f6f6f6f6f6f6";

    [Fact]
    public void Golden_bytes_of_a_full_row() => Assert.Equal(FullBytes, Convert.ToHexStringLower(Full.Bytes()));

    [Fact]
    public void Golden_bytes_of_a_bare_row() => Assert.Equal(BareBytes, Convert.ToHexStringLower(Bare.Bytes()));

    [Fact]
    public void What_was_sealed_is_read_again()
    {
        Assert.Equal(Full, OperationRecord.Read(Convert.FromHexString(FullBytes)));
        Assert.Equal(Bare, OperationRecord.Read(Convert.FromHexString(BareBytes)));
    }

    [Theory]
    [InlineData("00")] // trailing
    [InlineData("f6")]
    public void Trailing_bytes_are_not_accepted(string more) => Assert.Throws<CborContentException>(() => OperationRecord.Read(Convert.FromHexString(FullBytes + more)));

    [Fact]
    public void A_difference_is_named_by_its_column()
    {
        Assert.Null(Full.FirstDifference(Full with { }));
        Assert.Equal("after", Full.FirstDifference(Full with { After = "x" }));
        Assert.Equal("citizen", Full.FirstDifference(Full with { Citizen = null, After = "x" }));
        Assert.Equal("before", Full.FirstDifference(Full with { Before = null }));
    }
}
