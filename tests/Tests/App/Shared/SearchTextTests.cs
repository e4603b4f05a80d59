using MyKey.App.Shared;

namespace MyKey.Tests.App.Shared;

/// <summary>Goal: whoever types a word another way still finds it, in every search alike (S0-1008, S2-P18j).</summary>
public class SearchTextTests
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
    public void S0_1008_kana_width_case_and_older_characters_make_no_difference(string? typed, string folded) => Assert.Equal(folded, SearchText.Fold(typed));

    [Fact]
    public void S2_P18j_words_are_folded_each_once_and_signs_are_no_words() => Assert.Equal(["カード", "リーダー"], SearchText.Words("ｶｰﾄﾞ　りーだー カード ・ ？"));
}
