namespace MyKey.App.OnlineSites;

/// <summary>Sites as screens speak of them.</summary>
public static class OnlineWords
{
    public static string Of(OnlineSiteKind kind) => kind == OnlineSiteKind.Shop ? "オンラインショップ" : "クラウドファンディング";

    /// <summary>Address of the list it stands in.</summary>
    public static string ListOf(OnlineSiteKind kind) => kind == OnlineSiteKind.Shop ? "/online" : "/crowdfunding";
}
