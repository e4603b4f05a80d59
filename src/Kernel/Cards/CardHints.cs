namespace MyKey.Kernel.Cards;

/// <summary>What helps when a card cannot be read (S1-31).</summary>
public static class CardHints
{
    public static IReadOnlyList<string> All { get; } =
        ["読み終わるまで、カードを動かさない", "5秒以上、かざしたままにする", "金属の机の上を避ける", "カードケースから出す", "充電などのケーブルを外す", "スマートフォンは、NFCの設定を「オン」にする"];
}
