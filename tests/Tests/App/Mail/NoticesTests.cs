using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Exchange;
using MyKey.App.Mail;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Reserved;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>Goal: who wants it hears of what happens to the ID and the points, once, in the words of the pages, without ID, amount or anything to press (S0-5004c).</summary>
public class NoticesTests
{
    private static readonly ClientNetwork Home = new("192.0.2.0/24");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_what_touches_the_ID_is_always_told(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var me = await town.WithMail();
        Assert.Equal("notice_fixed", await CouponTown.Code(await me.PutAsJsonAsync("/api/v1/my/mail/notices/password_set", new { on = false })));
        var id = MyKeyId.Read(Residents.MyKeyId).Value;

        (await town.Town.LoggedIn()).Dispose();
        await town.Town.Send(me, "/my/settings?handler=password", ("OldPassword", Residents.Password), ("NewPassword", "aoi-yama-no-ue-77"));
        var (token, citizen) = await town.Town.CardSession();
        var card = (await town.Town.Get<OpenSessions>().Find(token, SessionKind.Citizen)).Value;
        Assert.True((await town.Town.Get<ChangeMyKeyId>().Change(card, IssueMode.Choose, new NewMyKeyId("NEW12345", null))).Ok);
        var op = new StaffMember(Ids.New<StaffId>(town.Clock), "OP-1", StaffState.Active, [new GivenRole(Role.Operator, null)]);
        id = MyKeyId.Read("NEW12345").Value;
        Assert.True((await town.Town.Get<SuspendCitizen>().Suspend(op, id, "本人から連絡")).Ok);
        Assert.True((await town.Town.Get<SuspendCitizen>().Resume(op, id, "本人から連絡")).Ok);
        await town.Deliver();
        await town.Town.App.Database.Write(async tx => { foreach (var end in town.Town.App.Services.GetServices<WithRevocation>()) await end.Run(tx, citizen); });
        await town.Deliver();

        // Some go out at once, so in any order.
        Assert.Equal(new[] {
            "はじめての機器でログインがありました", "パスワードが変わりました", "マイキーIDが変わりました", "マイキーIDが止まりました", "マイキーIDがまた使えます", "マイキーIDが失効しました",
        }.Order(), town.Room.After(2).Order());
        Assert.All(town.Boxes.All, m => Assert.DoesNotMatch("MY123456|NEW12345|本人から連絡", m.Subject + m.Body));
        // Nothing is left to write to.
        await town.Town.App.Database.Write(tx => town.Town.Get<WriteNotice>().Write(tx, citizen, Notice.PasswordSet));
        Assert.Equal("taken 0 of 0", (await town.Deliver()).Text);
    }

    [Fact]
    public async Task S0_5004c_a_known_device_is_not_told_and_a_refused_change_neither()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        using var me = await town.WithMail();
        await town.Town.Send(me, "/my/settings?handler=password", ("OldPassword", "wrong-wrong-wrong"), ("NewPassword", "aoi-yama-no-ue-77"));
        await town.Town.Send(me, "/my/logout");
        Assert.Equal("/my", (await town.Town.Send(me, "/my/login", ("MyKeyId", Residents.MyKeyId), ("Password", Residents.Password))).Headers.Location?.OriginalString);
        Assert.Equal("taken 0 of 0", (await town.Deliver()).Text);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_grants_are_told_where_they_are_wanted(Engine engine)
    {
        await using var room = await MailRoom.Open();
        var clock = new TestClock();
        await using var office = await GrantOffice.Open(await TestApp.Start(room.Settings, b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);
        await office.Town.Issue("AB123456", 2);
        await room.Give(office.App, office.Town.Citizen);

        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(300))).StatusCode);
        var stored = await office.Store("マイキーID,ポイント,行事\nMY123456,200,清掃\nAB123456,200,清掃\n");
        await office.Officer.Do("commit", stored);
        await office.Done(stored);
        await MailRoom.Deliver(office.App);

        Assert.Equal(["ポイントが付与されました", "ポイントが付与されました"], room.After(2));
        Assert.Contains("A市ポイントが付与されました", room.Boxes.All[0].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("300", room.Boxes.All[0].Body, StringComparison.Ordinal);
        Assert.True((await office.App.Services.GetRequiredService<KeepMail>().Switch(office.Town.Session, Notice.Granted, on: false)).Ok);
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(300))).StatusCode);
        Assert.Equal("taken 0 of 0", (await MailRoom.Deliver(office.App)).Text);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_what_was_switched_off_meanwhile_is_not_sent_any_more(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.WithMail();
        await town.Town.App.Database.Write(tx => town.Town.Get<WriteNotice>().Write(tx, citizen, Notice.Granted, ("purse", Residents.A.Value)));
        var page = await town.Town.Send(me, "/my/settings/mail?handler=notices", ("Wanted", "exchanged"), ("Wanted", "lapse"));
        Assert.Equal("/my/settings/mail?saved=notices", page.Headers.Location?.OriginalString);
        Assert.Equal("taken 1 of 1", (await town.Deliver()).Text);
        Assert.Empty(town.Room.After(2));
        var html = await me.GetStringAsync("/my/settings/mail");
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(html, "<input type=\"checkbox\"[^>]*checked"));
        Assert.Contains("いつも送るもの", html, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_a_use_without_PIN_is_told(Engine engine)
    {
        await using var room = await MailRoom.Open();
        var clock = new TestClock();
        var app = await TestApp.Start(room.Settings, b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine);
        var built = await Town.Build(app.Services);
        await using var till = new Till(app, built, await built.Terminal(built.Shop), own: true);
        Assert.True((await built.Get<SetPassword>().Set(built.Session, new NewPassword(Residents.Password, null, Home))).Ok);
        await built.Get<SetSetting>().Run(new("spend.password", SettingPlace.Platform, "on", Actor.Job("test")));
        await room.Give(app, built.Citizen);

        var shown = await till.Call(HttpMethod.Post, "/api/v1/citizen-tokens", new { myKeyId = "MY123456", password = Residents.Password });
        var (use, token) = (Guid.CreateVersion7(), shown.Body.GetProperty("citizenToken").GetString()!);
        for (var twice = 0; twice < 2; twice++) Assert.True((await till.Use(use, token, "132985", 10)).Status is HttpStatusCode.OK or HttpStatusCode.Created);
        await till.Use(Guid.CreateVersion7(), await till.CitizenToken(), "132985", 5);
        await MailRoom.Deliver(app);

        Assert.Equal(["お店でポイントが使われました"], room.After(2));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_S0_1010d_one_exchange_of_two_codes_is_one_mail_and_the_automatic_move_another(Engine engine)
    {
        await using var room = await MailRoom.Open();
        await using var town = await CouponTown.Open(engine, settings: room.Settings);
        await town.Bring(await town.Machine(), 500, "CARD0001XY", "CARD0002XY");
        var me = await town.Town.Resident(home: Residents.A);
        await room.Give(town.Town.App, me);
        using var client = await town.Town.LoggedIn();
        await MailRoom.Deliver(town.Town.App);

        await CouponTown.Read<ExchangeReply>(await ReservedTests.Swap(client, "CARD0001XY", "CARD0002XY"));
        await MailRoom.Deliver(town.Town.App);
        town.Clock.Jump(TimeSpan.FromDays(15));
        for (var twice = 0; twice < 2; twice++) await ReservedTests.Run(town);
        await MailRoom.Deliver(town.Town.App);

        Assert.Equal(["ポイントの交換が終わりました", "留保ポイントが移りました"], room.After(3));
        Assert.Contains("留保ポイントがA市ポイントに移りました", room.Boxes.All[0].Body, StringComparison.Ordinal);
        Assert.Contains("受け取ったもの: 留保ポイント", room.Boxes.All[1].Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_what_lapses_is_told_30_and_7_days_before_in_one_mail_a_day(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        var citizen = await town.Town.Resident(home: Residents.A);
        using var me = await town.WithMail();
        await town.Town.Grant(citizen, 100, 31);
        await town.Town.Grant(citizen, 100, 31, Residents.B);
        await town.Town.Grant(citizen, 100, 60);
        Assert.Equal("told 0 of 1", await Tell(town));
        town.Clock.Jump(TimeSpan.FromDays(1));

        for (var twice = 0; twice < 2; twice++) await Task.WhenAll(Tell(town), Tell(town));
        await town.Deliver();
        // Away for a fortnight over the 30th day of the second grant, back six days before the first one's last.
        town.Clock.Jump(TimeSpan.FromDays(24));
        Assert.Equal("told 1 of 1", await Tell(town));
        town.Clock.Jump(TimeSpan.FromDays(1));
        Assert.Equal("told 0 of 1", await Tell(town));
        town.Clock.Jump(TimeSpan.FromHours(7));
        Assert.Equal("not now", await Tell(town));
        await town.Deliver();

        Assert.Equal(["まもなく期限のポイントがあります", "まもなく期限のポイントがあります"], town.Room.After(2));
        var first = town.Boxes.All[1].Body;
        Assert.Contains("A市ポイント: 2018年1月15日まで", first, StringComparison.Ordinal);
        Assert.Contains("B町ポイント: 2018年1月15日まで", first, StringComparison.Ordinal);
        Assert.DoesNotContain("100", first, StringComparison.Ordinal);
    }

    private static async Task<string> Tell(MailTown town) =>
        (await town.Town.Get<TellLapses>().Run(new JobRun("mail-tell-lapses", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken)).Text;
}
