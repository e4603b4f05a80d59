using System.Globalization;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// What happened in town A in the months before the demonstration, so that there is something to settle: residents of whom the sources say nothing help, exchange and pay at two shops and the town's own museum, through the
/// public API. Who calls it lets the App and the sandbox live then.
/// </summary>
/// <param name="port">Where the sandbox listens.</param>
public sealed class DemoMonths(Uri site, int port)
{
    private const string ShopCode = "135790";

    /// <summary>One who exchanges, five who help, and all pay twice a month everywhere: open data tell what rests on ten transfers.</summary>
    private const int People = 6, Visits = 2;

    private static readonly (string Kind, string Name)[] Places = [("shop", "見本のパン店"), ("shop", "見本の書店"), ("public_facility", "見本の郷土資料館")];

    private readonly List<DemoClient> tills = [];
    private readonly Guid programme = Guid.CreateVersion7();

    /// <summary>Of what was paid by mistake in the month before.</summary>
    private string? receipt;

    private static string IdOf(int resident) => string.Create(CultureInfo.InvariantCulture, $"TM{resident + 1:000000}");

    /// <summary>The town before anything has happened: from its office to the tills.</summary>
    public async Task Begin(DemoStaff staff, NationalAuthority authority, TimeProvider clock, CancellationToken stop)
    {
        await DemoTown.Begin(staff, stop);
        await staff.Operator.Send(HttpMethod.Post, "/api/v1/operator/settings", new { id = Guid.CreateVersion7(), key = "settlement.claim", place = $"municipality/{DemoTown.A}", value = "auto", reason = "見本" }, stop);
        await new DemoPartners(site, port, clock).AddEarlier(staff.Operator, stop);
        using var office = await Office(staff, "OF-001", stop);
        using var approver = await Office(staff, "OF-002", stop);
        foreach (var kind in Places.Select(p => p.Kind).Distinct()) await office.Send(HttpMethod.Put, "/api/v1/office/usage-rules", new { kind, area = "own" }, stop);
        foreach (var (kind, name) in Places) tills.Add(await Till(office, kind, name, stop));
        await office.Send(HttpMethod.Post, "/api/v1/office/programmes", new { id = programme, name = "見守りボランティア", kind = "activity", from = clock.Today(), until = clock.Today().AddDays(60) }, stop);
        await DemoTown.Budget((office, approver), programme, 10_000, stop);
        for (var n = 0; n < People; n++) await Resident(authority, n, clock, stop);
    }

    /// <summary>A month's life; what was paid by mistake in the month before is given back in the next.</summary>
    public async Task Live(DemoStaff staff, TimeProvider clock, CancellationToken stop)
    {
        using var office = await Office(staff, "OF-001", stop);
        if (receipt is not null) await tills[0].Send(HttpMethod.Post, "/api/v1/cancels", new { id = Guid.CreateVersion7(), receipt, shopCode = ShopCode }, stop);
        for (var n = 0; n < People; n++)
        {
            using var resident = await LogIn(n, stop);
            if (n == 0) await Exchange(resident, stop);
            else await Help(office, IdOf(n), clock.Today(), stop);
            for (var visit = 0; visit < Visits; visit++)
                for (var till = 0; till < tills.Count; till++) await Pay((resident, IdOf(n)), tills[till], 40 + 20 * till + 10 * n, stop);
        }
        // By mistake.
        using var last = await LogIn(People - 1, stop);
        receipt = await Pay((last, IdOf(People - 1)), tills[0], 50, stop);
    }

    private static async Task<DemoClient> Office(DemoStaff staff, string number, CancellationToken stop)
    {
        var office = await staff.LogIn("office", number, stop);
        office.WorkFor(DemoTown.A);
        return office;
    }

    /// <summary>A place that takes points, with its device.</summary>
    private async Task<DemoClient> Till(DemoClient office, string kind, string name, CancellationToken stop)
    {
        var acceptor = Guid.CreateVersion7();
        await office.Send(HttpMethod.Post, "/api/v1/office/acceptors", new { id = acceptor, kind, name }, stop);
        var made = await office.Send<JsonElement>(HttpMethod.Post, "/api/v1/office/terminals", new { id = Guid.CreateVersion7(), acceptor, label = "レジ", profiles = new[] { "shop" } }, stop);
        var till = new DemoClient(site);
        await till.Send(HttpMethod.Post, "/api/v1/terminals", new { code = made.GetProperty("code").GetString(), shopCode = ShopCode }, stop);
        return till;
    }

    /// <summary>Comes with a card that lies in no tray, takes an ID and a password.</summary>
    private async Task Resident(NationalAuthority authority, int n, TimeProvider clock, CancellationToken stop)
    {
        using var card = authority.Issue(new CertificateProfile { NotBefore = clock.GetUtcNow().AddDays(-30) });
        using var browser = await DemoTown.Come(site, card, (IdOf(n), DemoTown.A), stop);
        if (n > 0) return;
        var link = await new DemoClient(browser.Client).Send<JsonElement>(HttpMethod.Post, $"/api/v1/my/partner-links/{DemoPartners.Earlier}", new { }, stop);
        var back = await PartnerBrowser.Walk(new Uri(link.GetProperty("authorize").GetString()!), PartnerBooks.EarlierMember, stop: stop);
        using var linked = await browser.Client.GetAsync(back, stop);
        if (linked.Headers.Location?.OriginalString.EndsWith("linked=1", StringComparison.Ordinal) != true) throw new HttpRequestException($"{back.AbsolutePath}: {linked.Headers.Location}", null, linked.StatusCode);
    }

    private async Task<DemoClient> LogIn(int n, CancellationToken stop)
    {
        var resident = new DemoClient(site);
        await resident.Send(HttpMethod.Post, "/api/v1/my/sessions", new { myKeyId = IdOf(n), password = DemoTown.ResidentPassword }, stop);
        return resident;
    }

    private async Task Help(DemoClient office, string id, DateOnly today, CancellationToken stop)
    {
        foreach (var occasion in (string[])[$"{today.Month}月の朝の見守り", $"{today.Month}月の夕方の見守り"])
            await office.Send(HttpMethod.Post, "/api/v1/office/grants", new { id = Guid.CreateVersion7(), programme, myKeyId = id, points = 400, expiresOn = today.AddDays(180), occasion }, stop);
    }

    private static Task Exchange(DemoClient resident, CancellationToken stop) =>
        resident.Send(HttpMethod.Post, "/api/v1/my/link-orders", new { id = Guid.CreateVersion7(), partner = DemoPartners.Earlier, points = 1_000, municipality = DemoTown.A }, stop);

    /// <summary>By ID and a number for shops.</summary>
    /// <returns>The receipt's number.</returns>
    private static async Task<string> Pay((DemoClient Browser, string Id) resident, DemoClient till, long amount, CancellationToken stop)
    {
        var code = (await resident.Browser.Send<JsonElement>(HttpMethod.Post, "/api/v1/my/codes", new { municipality = DemoTown.A }, stop)).GetProperty("code").GetString();
        var shown = await till.Send<JsonElement>(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = resident.Id, code }, stop);
        var used = await till.Send<JsonElement>(HttpMethod.Post, "/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = shown.GetProperty("citizenToken").GetString(), issuer = DemoTown.A, amount }, stop);
        return used.GetProperty("receipt").GetString()!;
    }
}
