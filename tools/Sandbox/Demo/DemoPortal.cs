using MyKey.Kernel;

namespace MyKey.Sandbox.Demo;

/// <summary>The seven points of the source's page (S2-P17f), four for shops and three online, and what operators write on the portal.</summary>
public static class DemoPortal
{
    /// <summary>Keeps the registers of the seven.</summary>
    public const string Officer = "PN-001";

    private static readonly (string Town, string? Brand, string? Kind)[] Seven =
    [
        ("102016", null, "shop"), ("131164", null, "shop"), ("260002", "もうひとつの京都", "museum"), ("023876", null, "restaurant"), ("212148", null, null), ("434248", "北里柴三郎ポイント", null), ("452025", null, null),
    ];

    public static IEnumerable<string> Online => Seven.Where(s => s.Kind is null).Select(s => s.Town);

    public static async Task Furnish(DemoStaff staff, CancellationToken stop)
    {
        await staff.Invite(Officer, Seven[0].Town, "terminal_admin", stop);
        foreach (var (town, _, _) in Seven.Skip(1)) await staff.Give(Officer, town, "terminal_admin", stop);
        using var office = await staff.LogIn("office", Officer, stop);
        foreach (var (town, brand, kind) in Seven)
        {
            await staff.Operator.Send(HttpMethod.Put, $"/api/v1/operator/municipalities/{town}", new { brand, issuer = "public", expiryDays = (int?)null, expiryMonths = 12, state = "live" }, stop);
            if (kind is null) continue;
            office.WorkFor(town);
            await office.Send(HttpMethod.Put, "/api/v1/office/usage-rules", new { kind, area = "own" }, stop);
            await office.Send(HttpMethod.Post, "/api/v1/office/acceptors", new { id = Guid.CreateVersion7(), kind, name = kind switch { "museum" => "見本の美術館", "restaurant" => "見本の食堂", _ => "見本の店" } }, stop);
        }
        await Write(staff.Operator, stop);
    }

    private static async Task Write(DemoClient platform, CancellationToken stop)
    {
        foreach (var (town, words, place) in ((string, string, int)[])[("102016", "商店街のお店で使えます", 10), ("260002", "府内の美術館で使えます", 20), ("434248", "名産品を選べます", 30)])
            await platform.Send(HttpMethod.Put, $"/api/v1/operator/portal/featured-points/{town}", new { words, place }, stop);
        var from = $"{Jst.At(TimeProvider.System.NowMs()):yyyy-MM-ddTHH:mm}";
        foreach (var (title, text) in ((string, string)[])[("見本のお知らせ", "これは見本です。\nお知らせは、出す時刻と消える時刻を決められます。"), ("使えるポイントが増えました", "7つの自治体のポイントが使えるようになりました。")])
            await platform.Send(HttpMethod.Put, $"/api/v1/operator/portal/announcements/{Guid.CreateVersion7()}", new { title, text, from }, stop);
    }
}
