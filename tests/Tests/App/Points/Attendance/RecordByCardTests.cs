using System.Net;
using System.Net.Http.Json;
using MyKey.App.Terminals;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Attendance;

/// <summary>Goal: a card that is held at an organiser's device puts its holder on the list that is being written, and the next card may follow (S2-P3d).</summary>
public class RecordByCardTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P3d_cards_that_are_held_one_after_the_other_are_recorded_once_each(Engine engine)
    {
        await using var house = await CardTown.Start(engine);
        var desk = await OrganiserDesk.Open(await GrantOffice.Open(house.App, 10_000));
        using var browser = house.Browser();
        browser.Cookies.Add(new Cookie("mykey-prepared", "1", "/", TestApp.SiteHost));
        Assert.Equal(HttpStatusCode.Created, (await browser.Client.PostAsJsonAsync("/api/v1/terminals", new EnrolTerminalRequest(await desk.NewCode(desk.Organiser), Town.ShopCode))).StatusCode);
        using SandboxCard first = house.Authority.Issue(), second = house.Authority.Issue(), stranger = house.Authority.Issue();
        await house.Resident(first, "CC22CC22");
        await house.Resident(second, "DD33DD33");
        var list = $"/terminal/attendance/{await desk.Occasion()}";

        Assert.Equal($"{list}?by=card&done=1", await Hold(browser, list, first));
        Assert.Equal($"{list}?by=card&done=1", await Hold(browser, list, second));
        Assert.Equal($"{list}?card=already_recorded", await Hold(browser, list, first));
        Assert.Contains("この人は、もう入っています", WebUtility.HtmlDecode(await browser.Client.GetStringAsync($"{list}?card=already_recorded")), StringComparison.Ordinal);
        // Nobody's card, and no card at all: back to the same list.
        Assert.Equal($"{list}?card=mykey_missing", await Led(browser, await Led(browser, await Hold(browser, list, stranger))));
        Assert.Equal($"{list}?by=card", await Led(browser, await Led(browser, "/terminal")));
        Assert.Equal(["C＊＊＊＊＊22 card", "D＊＊＊＊＊33 card"],
            (await browser.Client.GetFromJsonAsync<List<MyKey.App.Attendance.AttendanceReply>>($"/api/v1{list.Replace("/terminal", "", StringComparison.Ordinal)}/lines"))!.Select(l => $"{l.MyKeyId} {l.By}"));
    }

    private static async Task<string> Hold(CardBrowser browser, string list, SandboxCard card)
    {
        using var waits = await browser.Client.GetAsync($"{list}?by=card");
        var code = await browser.Tap(card, waits.Headers.GetValues("Refresh").Single()["0; url=".Length..]);
        return await Led(browser, $"/card/return?code={code}");
    }

    private static async Task<string> Led(CardBrowser browser, string path)
    {
        using var answer = await browser.Client.GetAsync(path);
        return answer.Headers.Location!.OriginalString;
    }
}
