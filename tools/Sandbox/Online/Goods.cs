namespace MyKey.Sandbox.Online;

/// <summary>A made-up article of a town of the demonstration.</summary>
/// <param name="Picture">What is drawn; null: there is no picture yet.</param>
/// <param name="Feature">The feature page that it stands on, if any.</param>
public sealed record Article(string Id, string Municipality, string Town, string Name, long Price, string? Picture, string About, string? Feature = null)
{
    /// <summary>What must not be paid with points is offered nowhere; this one is there to see the refusal.</summary>
    public string Category { get; init; } = "goods";
}

/// <summary>A region on a page of its own (S2-P20).</summary>
/// <param name="Notes">Stock, weather.</param>
public sealed record Feature(string Id, string Name, string Region, string Notes);

/// <summary>A made-up project that wants to be supported.</summary>
public sealed record Project(string Id, string Municipality, string Town, string Name, string About, long Goal, int Days);

/// <summary>What the made-up shop sells and the made-up projects; nothing of it exists.</summary>
public static class Goods
{
    public const string A = "132985", B = "134988", C = "134996", Kawasaki = "141305";

    public static IReadOnlyList<Feature> Features { get; } =
    [
        new("tea", "お茶の京都", "茶畑がつづく、京都の南の地域です。見本では、お茶の時間を思いえがいた品物をならべました。", "新茶は数に限りがあります。天気によって、とどく日が変わります。"),
        new("forest", "森の京都", "木の文化が息づく、京都のまん中の地域です。見本では、木と山の品物をならべました。", "手づくりのため、木目はひとつずつちがいます。雪の日は、発送が遅れます。"),
        new("sea", "海の京都", "日本海に面した、京都の北の地域です。見本では、海の品物をならべました。", "海がしけると、品物がそろわない日があります。"),
        new("bamboo", "竹の里・乙訓", "竹林の美しい、京都の西の地域です。見本では、竹の品物をならべました。", "たけのこは、春だけの品物です。"),
    ];

    public static IReadOnlyList<Article> Articles { get; } =
    [
        new("apron", A, "A市", "見本の藍染めエプロン", 3_500, "cloth", "作りものの藍で染めた、という想像のエプロンです。"),
        new("rice", A, "A市", "見本のお米 五合", 1_200, "bowl", "どこの田んぼでもとれない、見本のお米です。"),
        new("tea", B, "B町", "見本の煎茶", 980, "cup", "茶畑ごと作りものの、見本のお茶です。", "tea"),
        new("sweets", B, "B町", "見本の茶だんご", 640, "dango", "お茶の時間のための、見本のだんごです。", "tea"),
        new("spoon", A, "A市", "見本の木さじ", 1_450, "spoon", "森をうつした、見本のさじです。", "forest"),
        new("honey", C, "C村", "見本のはちみつ", 2_300, "jar", "見本の花からとれた、見本のはちみつです。", "forest"),
        new("fish", Kawasaki, "川崎市", "見本のひもの", 2_850, "fish", "海のない町でもとれる、見本のひものです。", "sea"),
        new("salt", B, "B町", "見本の塩", 720, null, "見本の海からできた塩です。写真は、まだありません。", "sea"),
        new("basket", A, "A市", "見本の竹かご", 4_200, "basket", "見本の竹であんだ、かごです。", "bamboo"),
        new("chopsticks", C, "C村", "見本の竹ばし", 860, "chopsticks", "二本そろった、見本のはしです。", "bamboo"),
        new("furusato", A, "A市", "見本のふるさと納税の返礼品", 10_000, "box", "ふるさと納税には、自治体ポイントを使えません。断られるところを見るための見本です。") { Category = "furusato" },
    ];

    /// <summary>The four blocks of the first page (S2-P19).</summary>
    public static IReadOnlyList<(string Heading, string Lead, IReadOnlyList<Article> Articles)> Blocks { get; } =
    [
        ("市区町村ピックアップ", "今月は、A市の品物です。", [Of("apron"), Of("rice"), Of("furusato")]),
        ("特集", "京都の4つの地域を、見本の品物でめぐります。", [Of("tea"), Of("honey"), Of("fish"), Of("basket")]),
        ("市区町村のオススメ", "町の人がえらびました。", [Of("sweets"), Of("spoon"), Of("salt")]),
        ("人気の品物", "よく見られている順です。", [Of("chopsticks"), Of("tea"), Of("rice")]),
    ];

    public static IReadOnlyList<Project> Projects { get; } =
    [
        new("library", A, "A市", "こども文庫の本だなを作る", "空き家の一室に、見本の本だなを3つ作ります。", 3_000, 60),
        new("bus", B, "B町", "花の咲くバス停", "バス停のまわりに、見本の花を植えます。", 50_000, 30),
    ];

    public static Article Of(string id) => Articles.Single(a => a.Id == id);

    public static Article? Find(string? id) => Articles.FirstOrDefault(a => a.Id == id);
}
