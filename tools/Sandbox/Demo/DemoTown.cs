using System.Security.Cryptography;
using MyKey.Kernel;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// The people and towns of the source's figures S2-P6 and S2-P7, made through the public API as anybody would make them: staff invite and
/// grant, residents come with their cards. Nothing here has a way of its own into the App.
/// </summary>
public sealed class DemoTown(Uri site, string cards)
{
    public const string AsanCard = "a-san", BsanCard = "b-san", KawasakiCard = "a0100001", LargeCard = "c0500005";
    public const string ResidentPassword = "midori-no-oka-1873";
    public const string A = "132985", B = "134988", C = "134996", Kawasaki = "141305";
    private static readonly string[] Live = [A, B, C, Kawasaki];

    /// <summary>The municipalities, and the office of A.</summary>
    public static async Task Begin(DemoStaff staff, CancellationToken stop)
    {
        await Registry(staff.Operator, stop);
        await staff.Invite("OF-001", A, "officer", stop);
        await staff.Invite("OF-002", A, "approver", stop);
        foreach (var town in Live)
            foreach (var role in (string[])["officer", "terminal_admin", "staff_admin"])
                if (town != A || role != "officer") await staff.Give("OF-001", town, role, stop);
    }

    public async Task Furnish(DemoStaff staff, CancellationToken stop)
    {
        await Resident(AsanCard, "MY123456", A, stop);
        await Resident(BsanCard, "MY654321", A, stop);
        await Resident(KawasakiCard, "A0100001", Kawasaki, stop);
        await Resident(LargeCard, "C0500005", Kawasaki, stop);
        using var office = await staff.LogIn("office", "OF-001", stop);
        using var approver = await staff.LogIn("office", "OF-002", stop);
        await Grant(office, A, [("MY123456", 2_800)], "くらしの店", stop);
        await Programmes((office, approver), stop);
        await Street(office, stop);
        await Festival(office, stop);
        await Corners(office, stop);
        await new DemoAttendance(site).Furnish((office, approver), stop);
        await new DemoLibraries(site).Furnish(office, stop);
        await Six(staff, stop);
        await DemoPortal.Furnish(staff, stop);
        await DemoOffers.Furnish(staff, (office, approver), stop);
        await Grant(office, B, [("MY123456", 2_000)], null, stop);
        await Grant(office, C, [("MY123456", 1_740)], null, stop);
        var kawasaki = await Grant(office, Kawasaki, [("A0100001", 4_000)], "かわさきの店", stop);
        await staff.Give("OF-002", Kawasaki, "approver", stop);
        await GrantByTwo((office, approver), Kawasaki, kawasaki, ("C0500005", 12_000), stop);
    }

    /// <summary>The libraries of the source's page, entered by somebody of their towns.</summary>
    private static async Task Six(DemoStaff staff, CancellationToken stop)
    {
        var towns = DemoLibraries.TownsOfSix.ToList();
        await staff.Invite("LB-001", towns[0], "terminal_admin", stop);
        foreach (var town in towns.Skip(1)) await staff.Give("LB-001", town, "terminal_admin", stop);
        using var office = await staff.LogIn("office", "LB-001", stop);
        await DemoLibraries.Six(office, stop);
    }

    private static async Task Registry(DemoClient platform, CancellationToken stop)
    {
        await platform.Upload("/api/v1/operator/municipalities/import", "demo-municipalities.csv", stop);
        await platform.Upload("/api/v1/operator/municipalities/import", "council228.csv", stop);
        await platform.Upload("/api/v1/operator/municipalities/council?from=2017-08-30", "council228.csv", stop);
        await DemoCouncil.Furnish(platform, stop);
        foreach (var town in Live)
        {
            await platform.Send(HttpMethod.Put, $"/api/v1/operator/municipalities/{town}", new { brand = (string?)null, issuer = "public", expiryDays = (int?)null, expiryMonths = 12, state = "live" }, stop);
            // A card that is held pays up to the standard limits (S2-P7a).
            await platform.Send(HttpMethod.Post, "/api/v1/operator/settings", new { id = Guid.CreateVersion7(), key = "spend.tap", place = $"municipality/{town}", value = "on", reason = "見本" }, stop);
        }
        await platform.Send(HttpMethod.Post, "/api/v1/operator/settings", new { id = Guid.CreateVersion7(), key = "ticket.hand_in_days", place = $"municipality/{A}", value = "31", reason = "見本" }, stop);
    }

    /// <summary>Comes with the card, takes an ID and a password.</summary>
    private async Task Resident(string card, string myKeyId, string home, CancellationToken stop)
    {
        var file = CardFile.Load(Path.Combine(cards, card + ".json"));
        using var key = RSA.Create();
        key.ImportPkcs8PrivateKey(file.Key, out _);
        using var software = new SandboxCard(file.Certificate, file.Authority, "", "", key);
        using var browser = await Come(site, software, (myKeyId, home), stop);
    }

    /// <summary>Whoever holds a card comes with it for the first time.</summary>
    /// <returns>His browser; the caller's.</returns>
    internal static async Task<CardBrowser> Come(Uri site, SandboxCard card, (string MyKeyId, string Home) wanted, CancellationToken stop)
    {
        var browser = new CardBrowser(site);
        await browser.Login(card, stop: stop);
        await new DemoClient(browser.Client).Send(HttpMethod.Post, "/api/v1/my/id", new { municipality = wanted.Home, myKeyId = wanted.MyKeyId, password = ResidentPassword }, stop);
        return browser;
    }

    /// <summary>A programme with a budget that grants, and where there is one a shop that takes the points.</summary>
    private static async Task<Guid> Grant(DemoClient office, string town, (string MyKeyId, long Points)[] residents, string? shop, CancellationToken stop)
    {
        office.WorkFor(town);
        await office.Send(HttpMethod.Put, "/api/v1/office/usage-rules", new { kind = "shop", area = town == C ? "none" : "prefecture" }, stop);
        if (shop is not null) await office.Send(HttpMethod.Post, "/api/v1/office/acceptors", new { id = Guid.CreateVersion7(), kind = "shop", name = shop }, stop);
        var (programme, today) = (Guid.CreateVersion7(), TimeProvider.System.Today());
        await office.Send(HttpMethod.Post, "/api/v1/office/programmes",
            new { id = programme, name = "健康ウォーク", kind = "activity", from = today, until = today.AddDays(180) }, stop);
        await office.Send(HttpMethod.Put, $"/api/v1/office/programmes/{programme}/budget", new { id = Guid.CreateVersion7(), total = 10_000 }, stop);
        foreach (var (myKeyId, points) in residents)
            await office.Send(HttpMethod.Post, "/api/v1/office/grants",
                new { id = Guid.CreateVersion7(), programme, myKeyId, points, expiresOn = today.AddDays(120), occasion = "見本の会" }, stop);
        return programme;
    }

    /// <summary>The amounts of S2-P3c as what a programme usually gives, and one with a cap for a year whose officer looks at a proof (S4-03, S4-04).</summary>
    private static async Task Programmes((DemoClient Maker, DemoClient Approver) officers, CancellationToken stop)
    {
        var office = officers.Maker;
        office.WorkFor(A);
        officers.Approver.WorkFor(A);
        var today = TimeProvider.System.Today();
        foreach (var (name, usual, cap) in ((string, long, long?)[])[("ボランティア活動", 200, null), ("市のイベント", 100, null), ("健康ウォークラリー", 500, null), ("高齢者の外出の応援", 100, 2_000)])
        {
            var programme = Guid.CreateVersion7();
            await office.Send(HttpMethod.Post, "/api/v1/office/programmes", new
            {
                id = programme, name, kind = "activity", from = today, until = today.AddDays(180), usualPoints = usual, yearCap = cap, eligibility = cap is null ? "anyone" : "proof",
            }, stop);
            await Budget(officers, programme, 10_000, stop);
        }
    }

    /// <summary>More than one officer may set on a day alone is approved by another (V-D3).</summary>
    internal static async Task Budget((DemoClient Maker, DemoClient Approver) officers, Guid programme, long total, CancellationToken stop)
    {
        var change = Guid.CreateVersion7();
        var set = await officers.Maker.Send<System.Text.Json.JsonElement>(HttpMethod.Put, $"/api/v1/office/programmes/{programme}/budget", new { id = change, total }, stop);
        if (!set.GetProperty("applied").GetBoolean()) await officers.Approver.Send(HttpMethod.Post, $"/api/v1/office/budget-changes/{change}/approve", new { }, stop);
    }

    /// <summary>A shopping street whose office can give out tickets, with a shop that has no device (S2-P7, S4-09).</summary>
    private static async Task Street(DemoClient office, CancellationToken stop)
    {
        var street = Guid.CreateVersion7();
        await office.Send(HttpMethod.Put, $"/api/v1/office/shop-groups/{street}", new { name = "○○商店街" }, stop);
        var (desk, shop) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (id, name) in ((Guid, string)[])[(desk, "○○商店街 事務局"), (shop, "端末のない店")])
        {
            await office.Send(HttpMethod.Post, "/api/v1/office/acceptors", new { id, kind = "shop", name }, stop);
            await office.Send(HttpMethod.Put, $"/api/v1/office/acceptors/{id}", new { name, state = "active", group = street }, stop);
        }
        await Vouchers(office, desk, stop);
    }

    /// <summary>Where people are helped: a counter with the hours of the source (S3-11), and a corner in the shopping street (S2-P5).</summary>
    private static async Task Corners(DemoClient office, CancellationToken stop)
    {
        foreach (var (kind, name, place, hours, services) in ((string, string, string, string, string[])[])
        [
            ("office", "市民課の支援窓口", "市役所1階", "月-金 8:30-17:00\n12/29-1/3 休み", ["issue_id", "link_cards", "questions"]),
            ("shopping_street", "商店街の支援コーナー", "○○商店街 事務局", "火-土 10:00-16:00", ["issue_id", "exchange_points"]),
        ])
            await office.Send(HttpMethod.Put, $"/api/v1/office/support-places/{Guid.CreateVersion7()}", new { kind, name, place, hours, services, fromOn = TimeProvider.System.Today() }, stop);
    }

    /// <summary>The paper of the source's use case, with a book of each at the office of the street: お買物券 of 500 yen, 駐車券 of 100 yen (S4-08a, S4-08b).</summary>
    private static async Task Vouchers(DemoClient office, Guid desk, CancellationToken stop)
    {
        var today = TimeProvider.System.Today();
        foreach (var (name, kind, denomination, prefix) in ((string, string, long, string)[])[("お買物券", "shopping", 500, "K-"), ("駐車券", "parking", 100, "P-")])
        {
            var product = Guid.CreateVersion7();
            await office.Send(HttpMethod.Put, $"/api/v1/office/voucher-products/{product}",
                new { name, kind, denomination, where = kind == "shopping" ? "○○商店街の各店舗" : "○○商店街の駐車場", from = today, until = today.AddDays(365) }, stop);
            await office.Send(HttpMethod.Post, "/api/v1/office/voucher-stock", new { id = Guid.CreateVersion7(), product, desk, kind = "received", first = $"{prefix}0001", last = $"{prefix}0100" }, stop);
        }
    }

    /// <summary>A festival of a week whose points pay at its own tent only (S0-5010a).</summary>
    private static async Task Festival(DemoClient office, CancellationToken stop)
    {
        var (id, tent, today) = (Guid.CreateVersion7(), Guid.CreateVersion7(), TimeProvider.System.Today());
        await office.Send(HttpMethod.Post, "/api/v1/office/acceptors", new { id = tent, kind = "shop", name = "見本まつり 本部テント" }, stop);
        await office.Send(HttpMethod.Put, $"/api/v1/office/events/{id}",
            new { name = "見本まつり", organiser = "見本まつり実行委員会", firstDay = today, lastDay = today.AddDays(6), leadDays = 0, tailDays = 3, leftOver = "keep" }, stop);
        await office.Send(HttpMethod.Put, $"/api/v1/office/events/{id}/acceptors/{tent}", new { takes = true }, stop);
        await office.Send(HttpMethod.Post, $"/api/v1/office/events/{id}/publish", new { }, stop);
    }

    /// <summary>More than one officer may decide alone: another one approves the budget, then the grant (V-D3).</summary>
    private static async Task GrantByTwo((DemoClient Maker, DemoClient Approver) officers, string town, Guid programme, (string MyKeyId, long Points) grant, CancellationToken stop)
    {
        officers.Maker.WorkFor(town);
        officers.Approver.WorkFor(town);
        var id = Guid.CreateVersion7();
        await Budget(officers, programme, 30_000, stop);
        await officers.Maker.Send(HttpMethod.Post, "/api/v1/office/grants",
            new { id, programme, myKeyId = grant.MyKeyId, points = grant.Points, expiresOn = TimeProvider.System.Today().AddDays(120), occasion = "見本の会" }, stop);
        await officers.Approver.Send(HttpMethod.Post, $"/api/v1/office/grants/{id}/approve", new { }, stop);
    }
}
