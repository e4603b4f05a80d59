using MyKey.App.Cases;

namespace MyKey.Tests.App.Cases;

/// <summary>Goal: a number that was heard wrongly on the telephone is nobody's.</summary>
public class CaseNumberTests
{
    [Fact]
    public void Every_single_wrong_digit_and_nearly_every_swap_is_found()
    {
        foreach (var eight in (int[])[0, 1, 7, 482_115_90, 99_999_999, 12_345_678])
        {
            var digits = CaseNumber.Of(eight).Digits;
            Assert.Equal(digits, CaseNumber.Read(digits).Value.Digits);
            for (var at = 0; at < digits.Length; at++)
                foreach (var wrong in "0123456789".Where(c => c != digits[at]))
                    Assert.Equal("number_format", CaseNumber.Read($"{digits[..at]}{wrong}{digits[(at + 1)..]}").Refused?.Code);
        }
        var swaps = Enumerable.Range(0, 1_000).Select(i => CaseNumber.Of(i * 99_991).Digits).SelectMany(d => Enumerable.Range(0, 8).Where(i => d[i] != d[i + 1]).Select(i => $"{d[..i]}{d[i + 1]}{d[i]}{d[(i + 2)..]}")).ToList();
        Assert.InRange(swaps.Count(s => CaseNumber.Read(s).Ok), 0, swaps.Count / 40);
    }

    [Theory, InlineData(""), InlineData("12345678"), InlineData("1234567890"), InlineData("12345678a"), InlineData(null)]
    public void What_is_no_number_is_refused(string? typed) => Assert.Equal("number_format", CaseNumber.Read(typed).Refused?.Code);

    [Fact]
    public void It_is_read_as_people_type_it()
    {
        var number = CaseNumber.Draw();
        Assert.Matches("^[0-9]{3}-[0-9]{3}-[0-9]{3}$", number.ToString());
        Assert.Equal(number, CaseNumber.Read(number.ToString()).Value);
        Assert.Equal(number, CaseNumber.Read($" {string.Concat(number.Digits.Select(c => (char)(c - '0' + '０')))} ").Value);
    }
}
