using MyKey.Identity.Citizens;

namespace MyKey.Tests.Identity.Citizens;

/// <summary>Goal: the form of a MyKeyId, and that no text shows it by mistake.</summary>
public class MyKeyIdTests
{
    [Theory]
    [InlineData("MY12345")]
    [InlineData("MY1234567")]
    [InlineData("MY12345-")]
    [InlineData("ＭＹ１２３４５６")]
    [InlineData(" MY12345")]
    [InlineData("MYé23456")]
    [InlineData("")]
    [InlineData(null)]
    public void S2_P4a_other_forms_are_refused(string? chosen) => Assert.Equal("id_format", MyKeyId.Read(chosen).Refused?.Code);

    [Fact]
    public void S2_P4a_upper_and_lower_case_are_the_same_id() => Assert.Equal(MyKeyId.Read("MY123456").Value, MyKeyId.Read("my123456").Value);

    [Fact]
    public void At_login_full_width_counts_as_ordinary() => Assert.Equal("MY123456", MyKeyId.ReadTyped("　ｍｙ１２３４５６").Value.Value);

    [Fact]
    public void K_19_masked_until_asked_for()
    {
        var id = MyKeyId.Read("MY123456").Value;
        Assert.Equal("M＊＊＊＊＊56", id.Masked);
        Assert.DoesNotContain("Y1234", $"{id}", StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_ids_have_no_ambiguous_characters_and_are_read_back()
    {
        for (var i = 0; i < 200; i++)
        {
            var id = MyKeyId.Generate();
            Assert.Equal(id, MyKeyId.Read(id.Value).Value);
            Assert.DoesNotContain(id.Value, c => c is 'I' or 'O' or '0' or '1');
        }
    }
}
