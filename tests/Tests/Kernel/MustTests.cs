using MyKey.Kernel;

namespace MyKey.Tests.Kernel;

/// <summary>Goal: an assertion names what does not hold, and costs no text while it holds.</summary>
public class MustTests
{
    [Fact]
    public void The_text_is_put_together_only_when_the_property_does_not_hold()
    {
        var filled = 0;

        Must.Hold(filled == 0, $"number {++filled} holds");
        Assert.Equal(0, filled);

        var broken = Assert.Throws<BrokenProperty>(() => Must.Hold(filled > 9, $"number {++filled} of {9} holds"));
        Assert.Contains("number 1 of 9 holds (MustTests.cs:", broken.Message, StringComparison.Ordinal);
    }
}
