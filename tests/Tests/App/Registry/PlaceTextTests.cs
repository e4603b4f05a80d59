using MyKey.App.Registry;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: whoever types a name another way still finds it (S0-1008).</summary>
public class PlaceTextTests
{
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
