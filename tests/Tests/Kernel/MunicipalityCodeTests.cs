using MyKey.Kernel;

namespace MyKey.Tests.Kernel;

/// <summary>Goal: codes are checked as the official rule says, with its two traps (formats §1).</summary>
public class MunicipalityCodeTests
{
    [Theory]
    [InlineData("14130", "141305")]
    [InlineData("13116", "131164")]
    [InlineData("01101", "011011")] // r = 0 gives 1
    [InlineData("01107", "011070")] // r = 1 gives 0
    [InlineData("１４１３０", "141305")]
    [InlineData("131164", "131164")]
    public void Five_or_six_digits_are_read(string typed, string code) => Assert.Equal(code, MunicipalityCode.Read(typed).Value.Value);

    [Theory]
    [InlineData("")]
    [InlineData("1413")]
    [InlineData("1413055")]
    [InlineData("141304")]
    [InlineData("00101")]
    [InlineData("48101")]
    [InlineData("14a30")]
    [InlineData(null)]
    [InlineData("17009")] // K-20: stands in a figure, assigned to nobody
    [InlineData("170097")]
    public void Anything_else_is_refused(string? typed) => Assert.Equal("number_format", MunicipalityCode.Read(typed).Refused?.Code);
}
