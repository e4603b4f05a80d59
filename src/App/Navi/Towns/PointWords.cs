using MyKey.App.Registry;
using MyKey.App.Shared.Components;

namespace MyKey.App.Navi.Towns;

/// <summary>Municipal points as the portal speaks of them.</summary>
public static class PointWords
{
    /// <summary>What a municipality's points and the card are good for, in one line.</summary>
    public static string Uses(ListedPoint point, DateOnly day)
    {
        var uses = string.Join("、", (string[])[.. point.Shops ? ["お店・美術館など"] : Array.Empty<string>(), .. point.Sites.Count > 0 ? ["オンライン"] : Array.Empty<string>(), .. point.Libraries > 0 ? ["図書館"] : Array.Empty<string>()]);
        var now = State(point, day);
        return uses.Length == 0 ? now : now.Length == 0 ? uses : $"{uses}（{now}）";
    }

    /// <summary>What is not as one would expect; empty where points are given and pay today.</summary>
    public static string State(ListedPoint point, DateOnly day) => point.Municipality switch
    {
        { State: MunicipalityState.Closed, Expiry: not null } => "新しい付与は終わりました。持っているポイントは使えます",
        { Issues: true, UseFrom: { } from } when from > day => $"ポイントは{Words.Day(from)}から使えます",
        { Issues: true } when !point.Usable => "ポイントを使えるところを準備しています",
        { Issues: true } => "",
        _ when point.Member => "ポイントは準備中です",
        _ => "自治体ポイントは、まだありません",
    };

    /// <summary>How long they are valid.</summary>
    public static string Expiry(ExpiryRule rule) => rule.Months > 0
        ? $"受け取った日から{(rule.Months % 12 == 0 ? $"{rule.Months / 12}年" : $"{rule.Months}か月")}たった日の夜12時まで"
        : $"受け取った日から{Words.Digits(rule.Days)}日たった日の夜12時まで";
}
