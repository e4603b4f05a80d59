using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>Goal: whoever wants mails gets them, nobody has to, and the mailbox is nowhere in clear (S0-5004a, S0-5004b, K-15).</summary>
public class MyMailTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004a_S0_5004b_S0_1020b_a_mailbox_is_proven_by_a_number_typed_on_the_page(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var client = await town.Town.LoggedIn();
        Assert.Contains("href=\"/my/settings/mail\"", await client.GetStringAsync("/my/settings"), StringComparison.Ordinal);
        Assert.Contains("id.mykey.example", await client.GetStringAsync("/my/settings/mail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await town.Town.Send(client, "/my/settings/mail?handler=ask", ("Mail", "no mailbox"), ("Password", Residents.Password))).StatusCode);
        var wrong = await town.Town.Send(client, "/my/settings/mail?handler=ask", ("Mail", MailTown.Mine), ("Password", "wrong-wrong-wrong"));
        Assert.Contains("いまのパスワードがちがいます", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await town.Deliver();
        Assert.Empty(town.Boxes.All);

        using var me = await town.WithMail();

        var (code, welcome) = (town.Boxes.All[1], town.Boxes.All[0]);
        Assert.Equal(("oshirase@id.mykey.example", MailTown.Mine), (code.From, code.To));
        Assert.DoesNotMatch("https?://(?!mykey\\.localhost:5080/\n)", code.Body + welcome.Body);
        Assert.DoesNotContain(Residents.MyKeyId, code.Body + welcome.Body + welcome.Subject, StringComparison.Ordinal);
        Assert.Equal("【マイキー】マイキーIDを作りました", welcome.Subject);
        Assert.Contains("M＊＊＊＊＊56", welcome.Body, StringComparison.Ordinal);
        Assert.Contains(MailTown.Mine, await me.GetStringAsync("/my/settings/mail"), StringComparison.Ordinal);
        // The number works once.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await me.PostAsJsonAsync("/api/v1/my/mail/code", new { code = town.Code() is var c ? c : "" })).StatusCode);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_15_the_mailbox_is_nowhere_in_clear_and_goes_at_a_word(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.WithMail();
        await using (var connection = await town.Town.App.Database.Open())
        {
            var kept = await connection.QueryAsync<byte[]>("select wrapped from idn_mail union all select wrapped from idn_mail_code");
            Assert.All(kept, k => Assert.DoesNotContain("denwa", System.Text.Encoding.Latin1.GetString(k), StringComparison.Ordinal));
            Assert.Equal(2, kept.Count());
        }

        Assert.Equal("/my/settings/mail?saved=removed", (await town.Town.Send(me, "/my/settings/mail?handler=remove")).Headers.Location?.OriginalString);

        await town.Deliver();
        Assert.Equal("【マイキー】お知らせのメールアドレスを消しました", town.Boxes.All[0].Subject);
        await using var after = await town.Town.App.Database.Open();
        Assert.Equal(0, await after.ExecuteScalarAsync<long>("select (select count(*) from idn_mail) + (select count(*) from idn_mail_code) + (select count(*) from krn_outbox)"));
        Assert.Equal(["mail.asked", "mail.removed", "mail.set"], (await after.QueryAsync<string>("select action from log_operation where citizen = @citizen and action like 'mail.%'", new { citizen })).Order());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004a_five_wrong_numbers_or_ten_minutes_end_it(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        async Task Ask() => Assert.Equal(HttpStatusCode.OK, (await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = MailTown.Mine, password = Residents.Password })).StatusCode);
        async Task<string> Type(string code) => (await (await me.PostAsJsonAsync("/api/v1/my/mail/code", new { code })).Content.ReadFromJsonAsync<JsonElement>()) is { ValueKind: JsonValueKind.Object } no ? no.GetProperty("code").GetString()! : "ok";
        await Ask();
        await town.Deliver();
        var right = town.Code();
        var wrong = right == "000000" ? "000001" : "000000";
        for (var i = 0; i < 5; i++) Assert.Equal("mail_code_wrong", await Type(wrong));
        Assert.Equal("mail_code_wrong", await Type(right));
        await Ask();
        await town.Deliver();
        var late = town.Code();
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        Assert.Equal("mail_code_wrong", await Type(late));
        await Ask();
        await town.Deliver();
        // An outstanding number falls with the next one.
        Assert.Equal("mail_code_wrong", await Type(late));
        Assert.Equal("ok", await Type(town.Code()));
    }

    [Fact]
    public async Task S0_5004c_the_mailbox_before_hears_that_there_is_another()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        (await town.WithMail()).Dispose();
        using var me = await town.WithMail(mail: "another@mail.example");
        Assert.Equal("【マイキー】お知らせのメールアドレスが決まりました", town.Boxes.Of(MailTown.Mine)[0].Subject);
        Assert.Equal("【マイキー】お知らせのメールアドレスが決まりました", town.Boxes.Of("another@mail.example")[0].Subject);
        for (var i = 0; i < 3; i++) await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = MailTown.Mine, password = Residents.Password });
        using var more = await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = MailTown.Mine, password = Residents.Password });
        Assert.Equal((HttpStatusCode)429, more.StatusCode);
        Assert.NotNull(more.Headers.RetryAfter);
    }

    [Fact]
    public async Task S0_5004a_at_issue_the_mail_is_optional_and_of_any_provider()
    {
        await using var room = await MailRoom.Open();
        await using var town = await CardTown.Start(Engine.Sqlite, room.Settings);
        using var card = town.Authority.Issue();
        using var browser = town.Browser();
        await browser.Login(card);
        Assert.Contains("id.mykey.example", await browser.Client.GetStringAsync("/my/start"), StringComparison.Ordinal);
        (string, string)[] With(string mail) => [("MyKeyId", "AB12CD34"), ("Town", Residents.A.Value), ("Password", ""), ("Mail", mail)];
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await town.Residents.Send(browser.Client, "/my/start", With("none"))).StatusCode);

        var made = await town.Residents.Send(browser.Client, "/my/start", With(MailTown.Mine));

        Assert.Equal("/my/settings/mail", made.Headers.Location?.OriginalString);
        await MailRoom.Deliver(town.App);
        Assert.Equal(MailTown.Mine, Assert.Single(room.Boxes.All.DistinctBy(m => m.MessageId)).To);
        using var other = town.Authority.Issue();
        await town.Resident(other, "EF56GH78");
        Assert.Equal("taken 0 of 0", (await MailRoom.Deliver(town.App)).Text);
    }

    [Fact]
    public async Task Without_a_relay_no_page_offers_mail()
    {
        await using var town = await Residents.Start();
        await town.Resident();
        using var me = await town.LoggedIn();
        Assert.DoesNotContain("/my/settings/mail", await me.GetStringAsync("/my/settings"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await me.GetAsync("/my/settings/mail")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = MailTown.Mine, password = Residents.Password })).StatusCode);
    }
}
