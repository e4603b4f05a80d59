using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using MyKey.App.Navi.Joining;
using MyKey.App.Office.Shops;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Staffing;
using MyKey.Browser.Support;
using MyKey.Kernel;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Activities;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.App.Settlement;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Browser;

/// <summary>Goal: whatever stands before a login can be read on the narrowest telephone, with letters four times as large, and without a mouse (WCAG 2.2 AA; S2-P18f). A new page is looked at without being listed here.</summary>
public sealed partial class PublicPagesTests
{
    /// <summary>What only exists after something was done: the tests of that look there, too.</summary>
    private static readonly HashSet<string> Elsewhere = ["/t/{code}"];

    private static readonly Actor Clerk = Actor.Job("town");

    [Fact]
    public async Task Each_public_page_at_320_px_which_is_1280_at_400_percent_and_at_390_and_1280_with_the_keyboard_alone()
    {
        var (town, examples) = await Furnished();
        await using var _ = town;
        var (faults, looked) = (new List<string>(), 0);
        await using var visit = await Visit.Begin(town.Town.App, Visit.Narrow);
        // It knows no passkey and says so at once; without one the browser would ask for minutes.
        await PasskeyTests.Authenticator.Put(visit.Page);
        foreach (var path in await Open(town, examples, faults))
        {
            looked++;
            await Look(visit, path, faults);
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(looked > 40, $"{looked} pages looked at");
    }

    [Fact]
    public async Task K_16_the_open_data_of_closed_months_at_320_px_which_is_1280_at_400_percent()
    {
        await using var town = await SettledTown.Open();
        for (var i = 0; i < 12; i++) await town.Town.Grant(town.Citizen, 123_456, 300);
        for (var i = 0; i < 11; i++) await town.Use(100_000 + i);
        await town.Close(2018, 1, 5);
        var faults = new List<string>();
        await using var visit = await Visit.Begin(town.Town.App, Visit.Narrow);
        await Look(visit, "/navi/open-data", faults, "-filled");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>The walk itself sees what it is there to see.</summary>
    [Theory]
    [InlineData("<a href='#a'>1</a><button>2</button><input type='date'><input type='radio' name='r'><input type='radio' name='r'>", "")]
    [InlineData("<a href='#a'>1</a><button tabindex='1'>2</button>", "out of order")]
    [InlineData("<a href='#a'>1</a><div tabindex='0'>2</div><button id='b'>3</button><a href='#c'>4</a><script>b.onkeydown = e => e.preventDefault()</script>", "nothing instead of")]
    [InlineData("<a href='#a'>1</a><button id='b' onfocus='this.blur()'>2</button><a href='#c'>3</a>", "instead of")]
    [InlineData("<a href='#a'>1</a><button style='outline: none'>2</button>", "no ring")]
    [InlineData("<a href='#a'>1</a><button style='position: absolute; left: 0; top: 0'>2</button>", "cut off")]
    [InlineData("<a href='#a'>1</a><button style='width: 1px; height: 1px; padding: 0; border: 0'></button>", "not to be seen")]
    public async Task A_walk_without_a_mouse_finds(string html, string fault)
    {
        var page = await Chromium.Browser.NewPageAsync(new() { ViewportSize = new() { Width = Visit.Narrow, Height = 640 } });
        await page.SetContentAsync($"<style>body {{ margin: 20px }} :focus-visible {{ outline: 4px solid }}</style>{html}");
        var faults = await Keyboard.Walk(page);
        await page.CloseAsync();
        if (fault.Length == 0) Assert.Empty(faults);
        else Assert.Contains(faults, f => f.Contains(fault, StringComparison.Ordinal));
    }

    internal static async Task Look(Visit visit, string path, List<string> faults, string more = "")
    {
        var page = visit.Page;
        var name = "public" + Unnamed().Replace(Number().Replace(path, "one"), "-").TrimEnd('-') + more;
        await page.SetViewportSizeAsync(Visit.Narrow, 640);
        if (await visit.Open(path) >= 500) faults.Add($"{path}: fails");
        if (await page.Locator("h1").CountAsync() != 1) faults.Add($"{path}: not one h1");
        faults.AddRange((await Keyboard.Walk(page)).Select(f => $"{path}: {f}"));
        await page.EvaluateAsync("document.activeElement.blur()");
        foreach (var width in new[] { Visit.Narrow, Visit.Phone, Visit.Desk })
        {
            await page.SetViewportSizeAsync(width, 800);
            await Visit.Picture(page, name);
            if (!await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")) faults.Add($"{path}: wider than {width} px");
            faults.AddRange((await Axe.Faults(page)).Select(f => $"{path} at {width} px: {f}"));
        }
        visit.Quiet();
    }

    /// <summary>Addresses of all pages that answer a stranger themselves.</summary>
    private static async Task<List<string>> Open(OnlineTown town, Dictionary<string, string> examples, List<string> faults)
    {
        using var stranger = town.Town.App.Client();
        var open = new List<string>();
        foreach (var route in town.Town.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Distinct().SelectMany(Either).Order(StringComparer.Ordinal))
        {
            var path = examples.GetValueOrDefault(route) ?? Hole().Replace(route, m => Any(m.Value));
            using var answer = await stranger.GetAsync(path);
            // Sent to a login, or to where a terminal enrols.
            if ((int)answer.StatusCode is (>= 300 and < 400) or 401) continue;
            if (Elsewhere.Contains(route)) continue;
            if (route.Contains('{', StringComparison.Ordinal) && !examples.ContainsKey(route)) faults.Add($"{route} needs an example: {(int)answer.StatusCode}");
            open.Add(path);
        }
        return open;
    }

    /// <summary>What fits into a hole, whether there is such a thing or not.</summary>
    private static string Any(string hole) => hole switch
    {
        _ when hole.Contains(":guid", StringComparison.Ordinal) => "0198a0b0-0000-7000-8000-000000000001",
        _ when Length().Match(hole) is { Success: true } length => new string('1', int.Parse(length.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
        _ when hole.Contains(":alpha", StringComparison.Ordinal) => "a",
        _ => "132985",
    };

    /// <summary>A route for the one or the other shell or list is two pages.</summary>
    private static IEnumerable<string> Either(string route) =>
        Alternatives().Match(route) is { Success: true } match ? match.Groups[1].Value.Split('|').Select(one => Alternatives().Replace(route, one)) : [route];

    /// <summary>Something to see on every page, and an address for each route with a hole.</summary>
    private static async Task<(OnlineTown Town, Dictionary<string, string> Examples)> Furnished()
    {
        var town = await NaviTests.Furnished();
        var today = town.Clock.Today();
        using var officer = await Officer(town);
        var offer = await Offering.Publish(officer, Offering.Full(today));
        var activity = await Activating.Open(officer, Activating.Today(await Activating.Publish(officer, Activating.Offer(today)), today));
        var shop = town.Town.Shop.Value;
        await Activating.Ok(officer.PutAsJsonAsync($"/api/v1/office/places/{shop}/details",
            new PlaceDetailsRequest(null, "くらしのみせ", "むかしのくらしの店", "駅前1丁目2番3号 中央ビルディング4階", "駅の北口から歩いて5分", "月-土 9:00-19:00\n12/31-1/3 休み", "0120-000-000", "https://shop.example/a/rather/long/address/of/a/page", ["terminal", "ticket"])));
        Assert.True((await town.Town.Get<SaveServiceProvider>().Run(Ids.New<ServiceProviderId>(town.Clock), Residents.A, new ProviderEntry("A1", "library", "A市立中央図書館", 6, 8, false), Clerk)).Ok);
        Assert.True((await town.Town.Get<SupportPlaces>().Save(new(Guid.CreateVersion7(), Residents.A, SupportPlaceKind.Office, "駅前の支援コーナー", "駅ビル3階", "月-金 8:30-17:15\n12/29-1/3 休み", [SupportHelp.IssueId, SupportHelp.Questions],
            "0120-000-000", today, null, SupportPlaceState.Open), Clerk)).Ok);
        foreach (var (kind, i) in CapabilityKind.All.Select((k, i) => (k, i)))
            Assert.True((await town.Town.Get<SaveCapability>().Run(Residents.A, kind.Code, i % 3 == 0 ? new("dated", today, null) : i % 3 == 1 ? new("when_ready", null, "準備ができしだい") : new("undecided", null, "10月ごろ未定"), Clerk)).Ok);
        var service = $"/api/v1/operator/payment-services/{Guid.CreateVersion7()}";
        await Agreed(await town.Operator.PutAsJsonAsync(service, new PaymentServiceRequest("みどりペイ", "exchange", "0120-000-000", "https://midori.example/", true, "https://midori.example/api", ServiceBooks.ClientId, ServiceBooks.ClientSecret)), town.Second);
        await Activating.Ok(town.Operator.PutAsJsonAsync($"{service}/municipalities/{Residents.A.Value}", new ServiceStartRequest(today)));
        var join = Guid.CreateVersion7();
        await Activating.Ok(officer.PostAsJsonAsync("/api/v1/joining", new JoinRequest(join, Residents.B.Value, "000-000-0000", null, today.AddDays(30), [CapabilityKind.All[0].Code])));
        using var anybody = town.Town.App.Client();
        var news = News().Match(await anybody.GetStringAsync("/news")).Value;
        Assert.NotEmpty(news);
        return (town, new()
        {
            ["/news/{id:guid}"] = news, ["/programmes/{id:guid}"] = $"/programmes/{offer}", ["/activities/{id:guid}"] = $"/activities/{activity.Value}", ["/navi/places/{id:guid}"] = $"/navi/places/{shop}",
            ["/navi/points/{code}"] = $"/navi/points/{Residents.A.Value}", ["/navi/manuals/{key}"] = "/navi/manuals/everyone", ["/navi/joining/{id:guid}"] = $"/navi/joining/{join}", ["/exchange/{key}"] = $"/exchange/{Card}", ["/online/{key}"] = $"/online/{OnlineTown.Shop}", ["/payment-services/{id:guid}"] = service["/api/v1/operator".Length..], ["/error/{status:int}"] = "/nothing-is-here",
        });
    }

    /// <summary>Where there are two operators, one proposes and the other approves.</summary>
    private static async Task<HttpClient> Officer(OnlineTown town)
    {
        const string Staff = "/api/v1/operator/staff";
        var (number, a) = ("AP-001", Residents.A.Value);
        var invited = await Read<StaffChangeReply>(await town.Operator.PostAsJsonAsync(Staff, new WantedChange(Guid.CreateVersion7(), "invite", null, number, "officer", a)));
        var known = await Read<StaffChangeReply>(await town.Second.PostAsync($"{Staff}/changes/{invited.Change}/approve", null));
        foreach (var role in new[] { "approver", "terminal_admin" })
        {
            var given = await Read<StaffChangeReply>(await town.Operator.PostAsJsonAsync(Staff, new WantedChange(Guid.CreateVersion7(), "give_role", known.Staff, null, role, a)));
            await Read<StaffChangeReply>(await town.Second.PostAsync($"{Staff}/changes/{given.Change}/approve", null));
        }
        await town.Coupons.Desk.Enrol(Uri.UnescapeDataString(known.EnrolUrl!.Split("token=")[^1]), invited.InvitationCode);
        return await town.Coupons.Desk.SignIn("office", number, Residents.A);
    }

    [GeneratedRegex(@"\{\w+:regex\(\^\((\w+(?:\|\w+)+)\)\$\)\}")]
    private static partial Regex Alternatives();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@":length\((\d+)\)")]
    private static partial Regex Length();

    [GeneratedRegex("/news/[0-9a-f-]{36}")]
    private static partial Regex News();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Unnamed();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/t/)[^/]+")]
    private static partial Regex Number();
}
