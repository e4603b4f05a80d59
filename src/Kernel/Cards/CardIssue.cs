namespace MyKey.Kernel.Cards;

/// <summary>Where somebody without a card gets one (S0-2001).</summary>
public static class CardIssue
{
    public const string Site = "https://www.kojinbango-card.go.jp/";

    public const string SiteName = "マイナンバーカード総合サイト";
}
