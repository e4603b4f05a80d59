using MyKey.Kernel;

namespace MyKey.Tests.Kernel;

/// <summary>Goal: an amount is a whole number of points from 1 (S0-1015), however it is typed.</summary>
public class PointsTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("１，０００", 1000)]
    [InlineData(" 2,800 ", 2800)]
    [InlineData("1000000000000", 1_000_000_000_000)]
    public void S0_1015_whole_numbers_are_read(string typed, long points) => Assert.Equal(points, Points.Read(typed).Value.Value);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("千")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("1000000000001")]
    [InlineData("99999999999999999999999")]
    public void S0_1015_anything_else_is_amount_format(string? typed) => Assert.Equal("amount_format", Points.Read(typed).Refused?.Code);

    [Fact]
    public void Leaving_the_range_is_a_bug() => Assert.Throws<BrokenProperty>(() => new Points(1) - new Points(2));
}
