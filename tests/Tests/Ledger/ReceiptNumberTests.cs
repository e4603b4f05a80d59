using MyKey.Ledger;

namespace MyKey.Tests.Ledger;

/// <summary>Goal: a receipt number leads back to its entry, and a mistyped one to nowhere.</summary>
public class ReceiptNumberTests
{
    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(4, 1, 511)]
    [InlineData(15, 2_000_000_000, 3)]
    [InlineData(99, 77, 1)]
    public void What_is_printed_is_read_back(int bucket, long height, int position)
    {
        var number = new ReceiptNumber(bucket, height, position);
        var text = number.ToString();

        Assert.Matches("^[0-9]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$", text);
        Assert.Equal(number, ReceiptNumber.Read(text).Value);
        Assert.Equal(number, ReceiptNumber.Read(text.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public void Every_single_wrong_character_is_found_but_0_for_Z()
    {
        const string alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        var text = new ReceiptNumber(4, 12345, 6).ToString();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '-') continue;
            foreach (var other in alphabet.Where(c => c != text[i] && !(c is '0' or 'Z' && text[i] is '0' or 'Z')))
                Assert.Equal("number_format", ReceiptNumber.Read(text[..i] + other + text[(i + 1)..]).Refused?.Code);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("04-7K2M-9QXD")]
    [InlineData("04-7K2M-9QXD-33")]
    [InlineData("AB-7K2M-9QXD-3")]
    [InlineData("04-7K2U-9QXD-3")]
    public void Anything_else_is_refused(string? typed) => Assert.Equal("number_format", ReceiptNumber.Read(typed).Refused?.Code);

    [Fact]
    public void Neighbours_do_not_look_alike()
    {
        var numbers = Enumerable.Range(1, 1000).Select(h => new ReceiptNumber(1, h, 0).ToString()).ToList();
        Assert.Equal(1000, numbers.Distinct().Count());
        Assert.True(numbers.Select(n => n[3..7]).Distinct().Count() > 900);
    }
}
