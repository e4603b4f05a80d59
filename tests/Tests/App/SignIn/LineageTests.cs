using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.MyPage;
using MyKey.App.Office.Joins;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: whoever gets a new card finds the old account with it, and nobody else does.</summary>
public class LineageTests
{
    private static T Get<T>(CardTown town) where T : notnull => town.App.Services.GetRequiredService<T>();

    private static async Task<CitizenId> Holder(CardTown town, string id) => (await Get<FindCitizen>(town).ById(MyKeyId.Read(id).Value))!.Id;

    private static async Task<string> Code(HttpResponseMessage no) => (await no.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4029a_S0_1012_S1_27_a_renewed_or_reissued_card_opens_the_same_account(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        var person = await Get<FindCitizen>(town).PersonKeyOf(me);
        await town.Residents.Grant(me, 500, 40);
        using var before = town.Browser();
        await before.Login(card);
        var had = await before.Client.GetStringAsync("/api/v1/my/balances") + await before.Client.GetStringAsync("/api/v1/my/history?issuer=132985");
        using var renewed = town.Authority.Renew(card);
        await town.LoadLists();

        using var browser = town.Browser();
        Assert.Equal("/my", await browser.Login(renewed));

        Assert.Equal(had, await browser.Client.GetStringAsync("/api/v1/my/balances") + await browser.Client.GetStringAsync("/api/v1/my/history?issuer=132985"));
        Assert.Equal(person, await Get<FindCitizen>(town).PersonKeyOf(me));
        Assert.Equal(HttpStatusCode.SeeOther, (await before.Client.GetAsync("/my")).StatusCode);
        // Told once, until the citizen has looked.
        Assert.Contains("新しいカードが、このIDにつながりました", await browser.Client.GetStringAsync("/my"), StringComparison.Ordinal);
        Assert.Contains("電子証明書を新しくした", await browser.Client.GetStringAsync("/my/card"), StringComparison.Ordinal);
        Assert.Equal("/my", (await town.Residents.Send(browser.Client, "/my/card")).Headers.Location!.OriginalString);
        Assert.DoesNotContain("新しいカードが、このIDにつながりました", await browser.Client.GetStringAsync("/my"), StringComparison.Ordinal);
        var old = await Assert.ThrowsAsync<HttpRequestException>(() => town.Browser().Login(card));
        Assert.Contains("\"cert_revoked\"", old.Message, StringComparison.Ordinal);

        // Twice without coming by in between, and from another generation of the authority.
        using var third = town.Authority.Reissue(renewed);
        using var fourth = town.Authority.Renew(third, NationalAuthority.Next);
        await town.LoadLists();
        using var again = town.Browser();
        Assert.Equal("/my", await again.Login(fourth));
        Assert.Equal(me, await Holder(town, "AB12CD34"));
        await using var connection = await town.App.Database.Open();
        Assert.Equal((3L, 1L, 2L), (await connection.ExecuteScalarAsync<long>("select count(*) from idn_certificate"), await connection.ExecuteScalarAsync<long>("select count(*) from idn_certificate where state = 1"),
            await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'certificate.joined'")));
        // The cause and the first day of the certificate are kept for waits of schemes (K-03).
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select cause from idn_certificate where state = 1"));
    }

    [Fact]
    public async Task S0_4029a_a_superseded_card_that_no_list_names_yet_opens_nothing()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        await town.Resident(card, "AB12CD34");
        using var renewed = town.Authority.Renew(card);
        using var first = town.Browser();
        await first.Login(renewed);

        using var late = town.Browser();
        Assert.Equal("/my/login?card=cert_revoked", await late.Login(card));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4029a_many_logins_at_once_with_the_new_card_join_it_once(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        await town.Resident(card, "AB12CD34");
        using var renewed = town.Authority.Renew(card);
        var browsers = Enumerable.Range(0, 6).Select(_ => town.Browser()).ToList();

        var ends = await Task.WhenAll(browsers.Select(b => b.Login(renewed)));

        Assert.All(ends, e => Assert.Equal("/my", e));
        await using var connection = await town.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'certificate.joined'"));
        foreach (var browser in browsers) browser.Dispose();
    }

    [Fact]
    public async Task S1_28_S0_1022a_a_mistaken_revocation_loses_nothing_and_a_stopped_id_stays_stopped()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        await town.Residents.Grant(me, 500, 40);
        town.Authority.Revoke(card.Authority, card.Serial, X509RevocationReason.CessationOfOperation);
        await town.LoadLists();
        using var reissued = town.Authority.Reissue(card);
        Assert.Equal(CitizenState.Suspended, (await Get<StopOwnId>(town).ByPassword(new("AB12CD34", Residents.Password, new("192.0.2.0/24")))).Value);

        using var stopped = town.Browser();
        Assert.Equal("/my/login?card=id_suspended", await stopped.Login(reissued));
        var op = new StaffMember(Ids.New<StaffId>(TimeProvider.System), "OP-1", StaffState.Active, [new GivenRole(Role.Operator, null)]);
        await Get<SuspendCitizen>(town).Resume(op, MyKeyId.Read("AB12CD34").Value, "本人");
        using var browser = town.Browser();
        Assert.StartsWith("/my/id/offer", await browser.Login(reissued), StringComparison.Ordinal);
        Assert.Equal(500, (await browser.Client.GetFromJsonAsync<JsonElement>("/api/v1/my/balances")).GetProperty("balances")[0].GetProperty("points").GetInt64());
    }

    [Fact]
    public async Task S0_4029b_a_new_card_without_certificate_leaves_the_account_as_it_is()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        using var browser = town.Browser();
        var question = await browser.Ask();
        using var none = await browser.Client.PostAsJsonAsync("/card/answers", new { challengeId = question.Id, certificate = "", signature = "", agentVersion = "1.0.0" });
        Assert.Equal("cert_missing", await Code(none));
        Assert.Equal(me, await Holder(town, "AB12CD34"));
        using var reissued = town.Authority.Reissue(card);
        using var later = town.Browser();
        Assert.Equal("/my", await later.Login(reissued));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Lineage_without_an_answer_ID_password_a_dead_card_and_a_counter_together_open_the_old_account(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        var me = await town.Resident(card, "AB12CD34");
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("A-1", Residents.A, Role.SupportDesk);
        using var other = await desk.Officer("A-2", Residents.A, Role.TerminalAdmin);
        using var next = town.Authority.Reissue(card);
        town.Authority.TellsLineage = false;
        using var browser = town.Browser();
        Assert.Equal("/my/first", await browser.Login(next));
        var asks = await browser.Client.GetStringAsync("/my/first");
        Assert.True(asks.Contains("はじめて", StringComparison.Ordinal) && asks.Contains("前から持っている", StringComparison.Ordinal));

        async Task<HttpResponseMessage> Ask(string password) => await browser.Client.PostAsJsonAsync("/api/v1/my/joins", new MyJoinRequest("AB12CD34", password));
        Assert.Equal("login_failed", await Code(await Ask("wrong wrong wrong")));
        Assert.Equal("old_card_alive", await Code(await Ask(Residents.Password)));
        await town.LoadLists();
        Assert.Equal("/my/had", (await town.Residents.Send(browser.Client, "/my/had", ("MyKeyId", "AB12CD34"), ("Password", Residents.Password))).Headers.Location!.OriginalString);
        var asked = (await (await Ask(Residents.Password)).Content.ReadFromJsonAsync<MyJoinReply>())!;
        Assert.Contains($"{asked.Number[..4]} {asked.Number[4..]}", await browser.Client.GetStringAsync("/my/had"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Forbidden, (await other.PostAsJsonAsync($"/api/v1/office/joins/{asked.Number}/confirm", new { })).StatusCode);
        Assert.Equal("join_unknown", await Code(await officer.PostAsJsonAsync("/api/v1/office/joins/00000000/confirm", new { })));
        var seen = (await officer.GetFromJsonAsync<JoinReply>($"/api/v1/office/joins/{asked.Number[..4]}-{asked.Number[4..]}"))!;
        Assert.Equal("A＊＊＊＊＊34", seen.MyKeyId);
        // So far nothing is joined.
        Assert.Equal("/my/first", await browser.Login(next));
        Assert.Equal(HttpStatusCode.OK, (await officer.PostAsJsonAsync($"/api/v1/office/joins/{asked.Number}/confirm", new { })).StatusCode);
        Assert.Equal("join_unknown", await Code(await officer.PostAsJsonAsync($"/api/v1/office/joins/{asked.Number}/confirm", new { })));

        using var home = town.Browser();
        Assert.Equal("/my", await home.Login(next));
        Assert.Equal(me, (await Get<FindCitizen>(town).ById(MyKeyId.Read("AB12CD34").Value))!.Id);
        Assert.Contains("窓口でたしかめた", await home.Client.GetStringAsync("/my/card"), StringComparison.Ordinal);
        await using var connection = await town.App.Database.Open();
        Assert.Equal(["certificate.joined", "join.asked", "join.confirmed"], await connection.QueryAsync<string>("select action from log_operation where action like 'join.%' or action like 'certificate.%' order by action"));
    }

    [Fact]
    public async Task Lineage_a_card_that_began_anew_or_waited_too_long_is_not_joined_and_who_is_new_begins()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        await town.Resident(card, "AB12CD34");
        var desk = new StaffDesk(town.App);
        using var officer = await desk.Officer("A-1", Residents.A, Role.Officer);
        using var next = town.Authority.Reissue(card);
        await town.LoadLists();
        town.Authority.TellsLineage = false;
        using var browser = town.Browser();
        await browser.Login(next);
        var asked = (await (await browser.Client.PostAsJsonAsync("/api/v1/my/joins", new MyJoinRequest("AB12CD34", Residents.Password))).Content.ReadFromJsonAsync<MyJoinReply>())!;
        Assert.Equal("/my?id=show", (await town.Residents.Send(browser.Client, "/my/start", ("MyKeyId", "ZY98XW76"), ("Town", Residents.A.Value))).Headers.Location!.OriginalString);

        Assert.Equal("join_over", await Code(await officer.PostAsJsonAsync($"/api/v1/office/joins/{asked.Number}/confirm", new { })));
        Assert.Equal("join_over", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/joins", new MyJoinRequest("AB12CD34", Residents.Password))));
        Assert.NotEqual(await Holder(town, "AB12CD34"), await Holder(town, "ZY98XW76"));
        await town.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_join_request set until_ms = 0", transaction: tx.Handle));
        Assert.Equal("join_unknown", await Code(await officer.GetAsync($"/api/v1/office/joins/{asked.Number}")));
    }
}
