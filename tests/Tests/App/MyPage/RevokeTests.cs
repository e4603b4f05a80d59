using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Counters;
using MyKey.App.MyPage;
using MyKey.App.Pledges;
using MyKey.App.Programmes;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.Pledges;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.MyPage;

/// <summary>Goal: an ID is given up only by its holder, with the card, knowing what is lost; then all of it is lost, nothing else, and for ever.</summary>
public class RevokeTests
{
    private static readonly PartnerId Partner = new(new Guid("00000000-0000-7000-8000-00000000000e"));

    private static T Get<T>(CardTown town) where T : notnull => town.App.Services.GetRequiredService<T>();

    /// <summary>800 and 300 points of two municipalities, 240 reserved, a pledge of 60 out of the 800.</summary>
    private static async Task<(CitizenId Me, CardBrowser Browser)> Rich(CardTown town, SandboxCard card)
    {
        var me = await town.Resident(card, "AB12CD34");
        await town.Residents.Grant(me, 800, 40);
        await town.Residents.Grant(me, 300, 20, Residents.B);
        var clock = Get<TimeProvider>(town);
        Assert.True((await Get<MyKey.Ledger.Ledger>(town).Post(Transfer.Reserve(Ids.New<TransferId>(clock), me, new Points(240), new ExchangedLot(clock.Today().AddDays(10), Partner, (1, 1)), Actor.Of(me)))).Ok);
        var browser = town.Browser();
        await browser.Login(card);
        return (me, browser);
    }

    private static async Task<string> Answer(CardBrowser browser, SandboxCard card)
    {
        var asked = (await browser.Client.GetAsync("/my/id/revoke/card")).Headers.Location!.OriginalString;
        var question = CardBrowser.Question(asked);
        Assert.Equal(Purpose.RevokeId, question.Purpose);
        return await browser.Answer(card, question);
    }

    private static async Task<string> Return(CardBrowser browser, string code) => (await browser.Client.GetAsync($"/card/return?code={code}")).Headers.Location!.OriginalString;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5016a_S0_5017_S1_53_what_the_confirmation_lists_is_what_then_becomes_void(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        var (me, browser) = await Rich(town, card);
        using var _browser = browser;
        var other = await town.Residents.Resident("MY654321", 7);
        await town.Residents.Grant(other, 500, 40);
        var page = await browser.Client.GetStringAsync("/my/id/revoke");
        Assert.Contains("元に戻せません", page, StringComparison.Ordinal);
        var listed = (await browser.Client.GetFromJsonAsync<MyRevocationReply>("/api/v1/my/revocation"))!;
        Assert.Equal([("points", "132985", 800L), ("points", "134988", 300L), ("reserved", null, 240L)], listed.Points.Select(p => (p.Kind, p.Issuer, p.Amount)));
        foreach (var line in listed.Points) Assert.Contains(line.Name, page, StringComparison.Ordinal);

        var question = CardBrowser.Question((await browser.Client.GetAsync("/my/id/revoke/card")).Headers.Location!.OriginalString);
        Assert.Equal(["AB12CD34", "A市ポイント 800、B町ポイント 300、留保ポイント 240"], question.Details.Select(d => d.Value));
        // A library's number hangs on the citizen and goes with the ID (S0-5016c).
        await using (var before = await town.App.Database.Open())
            await before.ExecuteAsync("insert into lib_link(bucket, citizen, provider, number, notice, made_ms) values (@Bucket, @me, @provider, '789145', 0, 1)", new { Bucket = Get<Buckets>(town).Of(me.Value), me, provider = Guid.NewGuid() });
        // Up to here nothing has happened.
        Assert.Equal(CitizenState.Active, (await Get<FindCitizen>(town).Get(me))!.State);

        Assert.Equal("/revoked", await Return(browser, await browser.Answer(card, question)));

        Assert.Equal(3, await Get<VoidPoints>(town).Run());
        var today = Get<TimeProvider>(town).Today();
        foreach (var group in listed.Points.GroupBy(p => p.Issuer))
        {
            var voided = await Get<VoidPoints>(town).Of(group.Key is { } issuer ? MunicipalityCode.Of(issuer) : MunicipalityCode.Pool, today, today);
            Assert.Equal(group.Sum(p => p.Amount), voided.Sum(d => d.Amount.Value));
        }
        Assert.Empty(await Get<LedgerReading>(town).Holdings(me, today));
        Assert.Equal(500, (await Get<LedgerReading>(town).Usable(other, Residents.A, today)).Value);
        Assert.Null((await Get<Audit>(town).Run()).Broken);
        await using var connection = await town.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'citizen.revoked'"));
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from lib_link"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5016b_S0_5016c_nothing_opens_it_again_and_the_same_card_begins_anew_as_the_same_person(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        using var card = town.Authority.Issue();
        var (me, browser) = await Rich(town, card);
        using var _browser = browser;
        var person = await Get<FindCitizen>(town).PersonKeyOf(me);
        Assert.Equal("/revoked", await Return(browser, await Answer(browser, card)));

        Assert.StartsWith("/my/login", (await browser.Client.GetAsync("/my")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var stranger = town.App.Client();
        var no = await stranger.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "AB12CD34", password = Residents.Password });
        Assert.Equal((HttpStatusCode.Gone, "id_revoked"), (no.StatusCode, (await no.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        var op = new MyKey.Identity.Staffing.StaffMember(Ids.New<StaffId>(TimeProvider.System), "OP-1", MyKey.Identity.Staffing.StaffState.Active, [new(MyKey.Identity.Staffing.Role.Operator, null)]);
        foreach (var call in (Func<Task<Result<Citizen>>>[])[() => Get<SuspendCitizen>(town).Resume(op, MyKeyId.Read("AB12CD34").Value, "本人"), () => Get<SuspendCitizen>(town).Suspend(op, MyKeyId.Read("AB12CD34").Value, "本人")])
            Assert.Equal("id_revoked", (await call()).Refused?.Code);
        Assert.Equal("id_revoked", (await Get<StopOwnId>(town).ByPassword(new("AB12CD34", Residents.Password, new("192.0.2.0/24")))).Refused?.Code);

        using var again = town.Browser();
        Assert.Equal("/my/start", await again.Login(card));
        var taken = await town.Residents.Send(again.Client, "/my/start", ("MyKeyId", "AB12CD34"), ("Town", Residents.A.Value));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, taken.StatusCode);
        Assert.Equal("/my?id=show", (await town.Residents.Send(again.Client, "/my/start", ("MyKeyId", "ZY98XW76"), ("Town", Residents.A.Value))).Headers.Location!.OriginalString);
        await Get<VoidPoints>(town).Run();
        var mine = (await Get<FindCitizen>(town).ById(MyKeyId.Read("ZY98XW76").Value))!;
        Assert.NotEqual(me, mine.Id);
        Assert.Equal(person, await Get<FindCitizen>(town).PersonKeyOf(mine.Id));
        var empty = (await again.Client.GetFromJsonAsync<MyRevocationReply>("/api/v1/my/revocation"))!;
        Assert.Equal((0, 0), (empty.Points.Count, empty.Links.Count));
        using var third = town.Browser();
        Assert.Equal("/my", await third.Login(card));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_S0_5016c_in_flight_holds_go_back_and_become_void_and_links_end_at_once(Engine engine)
    {
        await using var town = await OnlineTown.Open(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(citizen, 2_000, 60);
        using var me = await town.Linked();
        var id = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.Created, (await town.Place(700, id)).StatusCode);
        var lost = await town.Town.Get<FindLost>().Of(citizen);
        Assert.Equal([("pledge", 700L), ("points", 1_300L)], lost.Points.Select(p => (p.Kind, p.Amount.Value)));
        Assert.Equal(["やまびこ"], lost.Links);
        Assert.Contains("やまびこ", await me.GetStringAsync("/my/id/revoke"), StringComparison.Ordinal);

        await Revoke(town.Town, lost);

        Assert.Equal("pledge_over", await CouponTown.Code(await town.Capture(id, 100)));
        Assert.False((await town.Place(10, Guid.CreateVersion7())).IsSuccessStatusCode);
        Assert.Equal(1, await town.Town.Get<VoidPoints>().Run());
        await town.Town.Get<ReleasePledges>().Run(new JobRun("points-release-pledges", Guid.NewGuid(), 1, long.MaxValue), default);
        Assert.Equal(1, await town.Town.Get<VoidPoints>().Run());
        Assert.Equal("released", (await town.Now(id)).State);
        var today = town.Clock.Today();
        Assert.Equal(2_000, (await town.Town.Get<VoidPoints>().Of(Residents.A, today, today)).Sum(d => d.Amount.Value));
        Assert.Empty((await town.Town.Get<FindLost>().Of(citizen)).Links);
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5017_what_was_gathered_over_the_year_comes_to_nothing_also_for_the_new_ID(Engine engine)
    {
        await using var town = await Residents.Start(engine);
        var (_, citizen) = await town.CardSession();
        var clock = town.Get<TimeProvider>();
        var programme = Ids.New<ProgrammeId>(clock);
        Assert.True((await town.Get<OpenProgramme>().Run(new(programme, Residents.A, "見守り", GrantKind.Activity, clock.Today(), clock.Today().AddDays(90), Actor.Job("town")))).Ok);
        var person = (await town.Get<FindCitizen>().PersonKeyOf(citizen))!.Value;
        await town.App.Database.Write(tx => town.Get<CountRows>().Add(tx, new CountSource(Guid.CreateVersion7(), programme, Jst.FiscalYear(clock.Today()), CountKind.Attendance), [new CountLine(1, citizen, person, 6)]));
        var lost = await town.Get<FindLost>().Of(citizen);
        Assert.Single(lost.Counters, c => c.StartsWith("見守り", StringComparison.Ordinal) && c.EndsWith('6'));

        await Revoke(town, lost);

        var (_, again) = await town.CardSession("ZY98XW76");
        Assert.NotEqual(citizen, again);
        Assert.Equal((person, person), ((await town.Get<FindCitizen>().PersonKeyOf(again))!.Value, (await town.Get<FindCitizen>().PersonKeyOf(citizen))!.Value));
        Assert.Empty((await town.Get<FindLost>().Of(again)).Counters);
        await using var connection = await town.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'counter.ended'"));
    }

    /// <summary>As the way back from the agent does it, for the resident of the first certificate.</summary>
    private static async Task Revoke(Residents town, WhatIsLost lost)
    {
        var (token, citizen) = await town.CardSession();
        var session = (await town.Get<OpenSessions>().Find(token, SessionKind.Citizen)).Value;
        var proof = new CardProof(Ids.NewRandom<ChallengeId>(), session.Certificate!, Purpose.RevokeId, [], RevokeMyKeyId.Binding(citizen, lost.Whole), null);
        Assert.True((await town.Get<RevokeMyKeyId>().Revoke(session, proof, lost.Whole)).Ok);
    }

    [Fact]
    public async Task S0_5016a_another_card_another_purpose_a_code_used_twice_or_a_changed_list_give_nothing_up()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue();
        using var strange = town.Authority.Issue();
        var (me, browser) = await Rich(town, card);
        using var _browser = browser;

        Assert.Equal("/my/id/revoke?card=auth_failed", await Return(browser, await Answer(browser, strange)));
        // A login is no leave to give up the ID, and the signature of a revocation is no login.
        var login = await browser.Answer(card, await browser.Ask());
        var byApi = await browser.Client.PostAsJsonAsync("/api/v1/my/revocation", new { code = login });
        Assert.Equal("auth_failed", (await byApi.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        var code = await Answer(browser, card);
        await town.Residents.Grant(me, 1, 40);
        Assert.Equal("/my/id/revoke?card=revocation_changed", await Return(browser, code));
        Assert.Equal("/my/login?card=auth_failed", await Return(browser, "nothing"));
        Assert.Contains("なにも変わっていません", await browser.Client.GetStringAsync("/my/id/revoke?card=cancelled"), StringComparison.Ordinal);
        // A code that came to another browser serves it nothing, and is gone.
        using var thief = town.Browser();
        await thief.Login(strange);
        Assert.Equal("/my/id/revoke?card=mykey_missing", await Return(thief, await Answer(browser, card)));
        Assert.Equal(CitizenState.Active, (await Get<FindCitizen>(town).Get(me))!.State);

        // By API: question, answer, done, once.
        var agent = (await (await browser.Client.PostAsJsonAsync("/api/v1/my/revocation/question", new { })).Content.ReadFromJsonAsync<RevocationQuestionReply>())!.Agent;
        var done = await browser.Answer(card, CardBrowser.Question(agent));
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.PostAsJsonAsync("/api/v1/my/revocation", new { code = done })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Client.PostAsJsonAsync("/api/v1/my/revocation", new { code = done })).StatusCode);
        Assert.Equal(CitizenState.Revoked, (await Get<FindCitizen>(town).Get(me))!.State);
    }
}
