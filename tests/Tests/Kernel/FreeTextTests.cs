using MyKey.Kernel;

namespace MyKey.Tests.Kernel;

/// <summary>Goal: no My Number and no card number gets into a free-text field, however it is written.</summary>
public class FreeTextTests
{
    [Theory]
    [InlineData("123456789018")]
    [InlineData("1234 5678 9018")]
    [InlineData("１２３４－５６７８－９０１８")]
    [InlineData("番号は1234-5678-9018です")]
    [InlineData("1234 5678 9018 2026")]
    [InlineData("窓口で確認(123456789018)、電話00-0000")]
    public void S0_1002a_a_my_number_is_refused(string text) => Assert.Equal("my_number_refused", FreeText.Check(text)?.Code);

    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("カード４１１１－１１１１－１１１１－１１１１で")]
    [InlineData("378282246310005")]
    [InlineData("30569309025904")]
    public void S0_1020a_a_card_number_is_refused(string text) => Assert.Equal("pan_refused", FreeText.Check(text)?.Code);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("調査のため 2026-11-22")]
    [InlineData("123456789012")]
    [InlineData("4111111111111112")]
    [InlineData("00000000000000")]
    [InlineData("1234567890123456789012")]
    [InlineData("12345678901/8")]
    public void Other_text_passes(string? text) => Assert.Null(FreeText.Check(text));

    [Fact]
    public void Each_wrong_digit_of_a_my_number_passes_so_the_check_digit_is_really_computed()
    {
        const string right = "123456789018";
        for (var digit = '0'; digit <= '9'; digit++)
            Assert.Equal(digit == '8', FreeText.IsMyNumber(right[..11] + digit));
    }
}
