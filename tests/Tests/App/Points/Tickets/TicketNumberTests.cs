using MyKey.App.Tickets;
using MyKey.Kernel;

namespace MyKey.Tests.App.Tickets;

/// <summary>Goal: a ticket's number tells its bucket, finds a slip of the hand, and gives away no other (S2-P7h, formats §4).</summary>
public class TicketNumberTests
{
    [Theory]
    [InlineData("1234567890128", true)]
    [InlineData("1234567890123", false)]   // the source's picture fails its own check
    [InlineData("１２３４５６７８９０１２８", true)]
    [InlineData("1234 5678 9012-8", true)]
    [InlineData("https://mykey.example/t/1234567890128.AAAAAAAAAAA", true)]
    [InlineData("123456789012", false)]
    [InlineData("12345678901280", false)]
    [InlineData("12345678901２x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void S2_P7h_a_number_is_read_as_it_is_typed_or_scanned(string? typed, bool good)
    {
        var read = TicketNumber.Read(typed);
        Assert.Equal(good ? null : "ticket_unknown", read.Refused?.Code);
        if (good) Assert.Equal("1234567890128", read.Value.ToString());
    }

    [Fact]
    public void S2_P7h_every_single_wrong_digit_is_found()
    {
        const string right = "1234567890128";
        for (var at = 0; at < right.Length; at++)
            foreach (var digit in "0123456789".Where(d => d != right[at]))
                Assert.False(TicketNumber.Read(right[..at] + digit + right[(at + 1)..]).Ok);
    }

    [Fact]
    public void S2_P7h_the_serial_tells_the_bucket_and_nothing_of_the_next()
    {
        foreach (var buckets in new[] { new Buckets(16), new Buckets(7), new Buckets(1) })
            for (var bucket = 0; bucket < buckets.Count; bucket++)
            {
                var drawn = Enumerable.Range(0, 50).Select(_ => TicketNumber.Draw(12, bucket, buckets)).ToList();
                Assert.All(drawn, n => Assert.Equal((bucket, n), (n.BucketOf(buckets), TicketNumber.Read(n.ToString()).Value)));
                Assert.True(drawn.Distinct().Count() > 45);
            }
    }
}
