using MyKey.App.Registry;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: whoever types a name another way still finds it (S0-1008).</summary>
public class PlaceTextTests
{
    [Theory]
    [InlineData("くらしの店", "クラシノ店")]
    [InlineData("ｸﾗｼﾉ ﾐｾ", "クラシノミセ")]
    [InlineData("ﾊﾟﾝ屋・ﾄﾞｰﾅﾂ", "パン屋ドーナツ")]
    [InlineData("か\u3099っき", "ガッキ")]
    [InlineData("ＣＡＦＥ　２４", "cafe24")]
    [InlineData("髙﨑書店", "高崎書店")]
    [InlineData("霞ヶ関", "霞ケ関")]
    [InlineData("%_!'", "")]
    [InlineData(null, "")]
    public void S0_1008_kana_width_case_and_older_characters_make_no_difference(string? typed, string folded) => Assert.Equal(folded, PlaceText.Fold(typed));

    [Fact]
    public void S0_1008_pairs_never_reach_over_a_blank()
    {
        Assert.Equal(PlaceText.Tokens("アイ"), PlaceText.Tokens("アイ ウ"));
        Assert.Equal(2, PlaceText.Tokens("アイウ").Count);
        Assert.Empty(PlaceText.Tokens("店"));
    }

    [Fact]
    public void S0_1008_three_words_count_and_no_longer_than_a_name() =>
        Assert.Equal(["パン", "ア", new string('イ', PlaceText.LongestWord)], PlaceText.Words($"ぱん　パン あ {new string('い', 99)} う"));
}
