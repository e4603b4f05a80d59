using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Applications;

/// <summary>Goal: a citizen applies in few steps with the card, sees what became of it, and keeps it over every change of card.</summary>
public class ApplicationPagesTests
{
    private static T Get<T>(CardTown town) where T : notnull => town.App.Services.GetRequiredService<T>();

    private static SandboxCard Card(CardTown town) => town.Authority.Issue(new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) });

    private static async Task<Guid> Offer(CardTown town, HttpClient officer, Func<OfferRequest, OfferRequest>? change = null)
    {
        var offer = Offering.Full(Get<TimeProvider>(town).Today()) with { Screening = "none" };
        return await Offering.Publish(officer, change?.Invoke(offer) ?? offer);
    }

    private static string Decoded(string html) => WebUtility.HtmlDecode(html);

    /// <summary>The link of the check page, to the agent's question.</summary>
    private static async Task<CardChallenge> Ask(CardBrowser browser, Guid offer)
    {
        var page = Decoded(await browser.Client.GetStringAsync($"/my/applications/new/{offer}"));
        var link = System.Text.RegularExpressions.Regex.Match(page, $"/my/applications/new/{offer}/card\\?id=[0-9a-f-]+&yes=1").Value;
        return CardBrowser.Question((await browser.Client.GetAsync(link)).Headers.Location!.OriginalString);
    }

    private static async Task<string> Return(CardBrowser browser, string code) => (await browser.Client.GetAsync($"/card/return?code={code}")).Headers.Location!.OriginalString;

    private static async Task<string> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_14a_S1_25_S1_29_from_the_search_over_the_card_to_my_page(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var officer = await new StaffDesk(town.App).Officer("OF-001", Residents.A, Role.Officer);
        using var card = Card(town);
        var me = await town.Resident(card, "AB12CD34");
        var offer = await Offer(town, officer);
        using var browser = town.Browser();
        // Reading needs no login, applying does, and comes back.
        Assert.Contains($"/my/applications/new/{offer}", await browser.Client.GetStringAsync($"/programmes/{offer}"), StringComparison.Ordinal);
        Assert.StartsWith("/my/login?back=%2Fmy%2Fapplications%2Fnew%2F", (await browser.Client.GetAsync($"/my/applications/new/{offer}")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal($"/my/applications/new/{offer}", await browser.Login(card, back: $"/my/applications/new/{offer}"));

        var (first, second) = (await Ask(browser, offer), await Ask(browser, offer));
        Assert.Equal((Purpose.Apply, "子育て応援ポイント", "500ポイント"), (first.Purpose, first.Details[0].Value, first.Details[1].Value));
        Assert.Empty(await Get<FindApplications>(town).Of(me));
        var given = await browser.Client.GetAsync($"/card/return?challengeId={second.Id}&state=cancelled");
        Assert.Equal($"/my/applications/new/{offer}?card=cancelled", given.Headers.Location!.OriginalString);
        Assert.Contains("申しこみませんでした", Decoded(await browser.Client.GetStringAsync($"/my/applications/new/{offer}?card=cancelled")), StringComparison.Ordinal);

        // Two tabs, each with its own question; and the way back twice.
        var other = await Ask(browser, offer);
        var (code, late) = (await browser.Answer(card, first), await browser.Answer(card, other));
        var done = await Return(browser, code);
        Assert.Matches("^/my/applications/[0-9a-f-]{36}\\?done=1$", done);
        Assert.Equal($"/my/applications/new/{offer}?card=cancelled", await Return(browser, late));
        Assert.StartsWith($"/my/applications/new/{offer}?card=", await Return(browser, code), StringComparison.Ordinal);
        var shown = Decoded(await browser.Client.GetStringAsync($"/my/applications/new/{offer}?card=cancelled"));
        Assert.Contains("もう申しこんでいます", shown, StringComparison.Ordinal);
        Assert.Contains("already_applied", shown, StringComparison.Ordinal);
        Assert.Contains(done.Split('?')[0], shown, StringComparison.Ordinal);

        var page = Decoded(await browser.Client.GetStringAsync(done));
        foreach (var words in (string[])["申しこみました", "付与されました", "500"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("子育て応援ポイント", Decoded(await browser.Client.GetStringAsync("/my/applications")), StringComparison.Ordinal);
        Assert.Contains("/my/applications", await browser.Client.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.Equal(500, (await Get<LedgerReading>(town).Usable(me, Residents.A, Get<TimeProvider>(town).Today())).Value);

        // Nothing to take it back with, and the API says so.
        foreach (var html in (string[])[page, Decoded(await browser.Client.GetStringAsync("/my/applications"))]) Assert.DoesNotContain("取り消す", html, StringComparison.Ordinal);
        var mine = Assert.Single((await browser.Client.GetFromJsonAsync<List<MyApplicationReply>>("/api/v1/my/applications"))!);
        Assert.Equal("cancel_forbidden", await Code(await browser.Client.DeleteAsync($"/api/v1/my/applications/{mine.Id}")));
        Assert.Equal("not_found", await Code(await browser.Client.DeleteAsync($"/api/v1/my/applications/{Guid.NewGuid()}")));
        Assert.Equal("already_applied", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/applications/question", new ApplicationQuestionRequest(Guid.CreateVersion7(), offer))));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_28_S1_08b_after_a_renewal_or_a_mistaken_revocation_nothing_has_to_be_repeated(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var officer = await new StaffDesk(town.App).Officer("OF-001", Residents.A, Role.Officer);
        using var card = Card(town);
        var me = await town.Resident(card, "AB12CD34");
        var (first, second) = (await Offer(town, officer, o => o with { Screening = "by_hand" }), await Offer(town, officer, o => o with { Title = "健康づくり" }));
        using var before = town.Browser();
        await before.Login(card);
        await Return(before, await before.Answer(card, await Ask(before, first)));
        using var renewed = town.Authority.Renew(card);
        using var reissued = town.Authority.Reissue(renewed);
        await town.LoadLists();

        using var browser = town.Browser();
        Assert.Equal("/my", await browser.Login(reissued));
        Assert.Equal("waiting", Assert.Single((await browser.Client.GetFromJsonAsync<List<MyApplicationReply>>("/api/v1/my/applications"))!).State);
        Assert.Equal("already_applied", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/applications/question", new ApplicationQuestionRequest(Guid.CreateVersion7(), first))));
        // Another one waits an hour, and says until when.
        var wait = Decoded(await browser.Client.GetStringAsync($"/my/applications/new/{second}"));
        Assert.Contains("新しい電子証明書なので、まだ申しこめません", wait, StringComparison.Ordinal);
        Assert.DoesNotContain("{at}", wait, StringComparison.Ordinal);
        Assert.Equal("cert_not_yet_effective", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/applications/question", new ApplicationQuestionRequest(Guid.CreateVersion7(), second))));
        await Applying.Set(town.App.Services, "cert.effective_delay.new", "0");
        await Applying.Set(town.App.Services, "cert.effective_delay.renewal", "0");
        Assert.Matches("done=1$", await Return(browser, await browser.Answer(reissued, await Ask(browser, second))));
        Assert.Equal(2, (await Get<FindApplications>(town).Of(me)).Count);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_32_S0_5016c_a_new_id_of_the_same_person_gets_it_no_second_time(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var officer = await new StaffDesk(town.App).Officer("OF-001", Residents.A, Role.Officer);
        using var card = Card(town);
        await town.Resident(card, "AB12CD34");
        var offer = await Offer(town, officer);
        using var browser = town.Browser();
        await browser.Login(card);
        await Return(browser, await browser.Answer(card, await Ask(browser, offer)));
        var asked = CardBrowser.Question((await browser.Client.GetAsync("/my/id/revoke/card")).Headers.Location!.OriginalString);
        Assert.Equal("/revoked", await Return(browser, await browser.Answer(card, asked)));

        using var again = town.Browser();
        Assert.Equal("/my/start", await again.Login(card));
        await town.Residents.Send(again.Client, "/my/start", ("MyKeyId", "ZY98XW76"), ("Town", Residents.A.Value));
        Assert.Equal("already_applied", await Code(await again.Client.PostAsJsonAsync("/api/v1/my/applications/question", new ApplicationQuestionRequest(Guid.CreateVersion7(), offer))));
        Assert.Contains("もう申しこんでいます", Decoded(await again.Client.GetStringAsync($"/my/applications/new/{offer}")), StringComparison.Ordinal);
        Assert.Empty((await again.Client.GetFromJsonAsync<List<MyApplicationReply>>("/api/v1/my/applications"))!);
    }
}
