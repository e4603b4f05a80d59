using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.Messages;
using MyKey.App.Offers;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.Applications;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Messages;

/// <summary>Goal: an office reaches those who applied, once and in plain words, without ever learning who they are, and nobody is led to another site.</summary>
public class MessagesTests
{
    private const string Text = "つぎの日曜日は、窓口が休みです。\n月曜日に来てください。";

    private static async Task<Guid> Publish(GrantOffice office, string screening = "by_hand", string delivery = "municipal_points")
    {
        var today = office.Town.Get<TimeProvider>().Today();
        var offer = await Offering.Publish(office, Offering.Full(today) with { Screening = screening, Delivery = delivery, ClaimUntil = delivery == "municipal_points" ? null : today.AddDays(60) });
        await office.App.Database.WriteOrRefuse(tx => office.Town.Get<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(offer)), new Points(10_000)));
        return offer;
    }

    private static async Task<IReadOnlyList<(CitizenId Citizen, TransferId Id)>> Applied(GrantOffice office, Guid offer, int count)
    {
        var people = new List<(CitizenId, TransferId)> { (office.Town.Citizen, (await office.Apply(office.Town.Citizen, 1, offer)).Value.Id) };
        for (var serial = 2; serial <= count; serial++)
        {
            var citizen = (await office.Town.Issue($"MY65432{serial}", serial)).Id;
            people.Add((citizen, (await office.Apply(citizen, serial, offer)).Value.Id));
        }
        return people;
    }

    private static string Path(Guid offer) => $"{Offering.Offices}/{offer}/messages";

    private static async Task<MessageReply> Write(HttpClient officer, Guid offer, string audience = "all", string text = Text, Guid? id = null)
    {
        var answer = await officer.PostAsJsonAsync(Path(offer), new MessageRequest(id ?? Guid.CreateVersion7(), audience, text));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<MessageReply>())!;
    }

    private static async Task<string> Refused(HttpClient officer, Guid offer, string audience = "all", string text = Text, Guid? id = null) =>
        await GrantOffice.Code(await officer.PostAsJsonAsync(Path(offer), new MessageRequest(id ?? Guid.CreateVersion7(), audience, text)));

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_W_D1_it_goes_once_to_those_who_stand_as_asked_for_and_their_number_alone_is_told(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Publish(office);
        Assert.Equal("nobody_to_tell", await Refused(office.Officer, offer));
        var people = await Applied(office, offer, 3);
        await office.Officer.PostAsJsonAsync($"{Offering.Offices}/{offer}/applications/accept", new ScreeningRequest([people[0].Id.Value]));
        await office.Officer.PostAsJsonAsync($"{Offering.Offices}/{offer}/applications/reject", new ScreeningRequest([people[1].Id.Value], "地区がちがいます"));

        var id = Guid.CreateVersion7();
        var both = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Write(office.Officer, offer, id: id)));
        Assert.All(both, m => Assert.Equal(("sent", 3L), (m.State, m.People)));
        Assert.Equal("id_reused", await Refused(office.Officer, offer, text: "ちがう文です。", id: id));
        foreach (var (audience, count) in new[] { ("waiting", 1L), ("granted", 1L), ("rejected", 1L) }) Assert.Equal(count, (await Write(office.Officer, offer, audience)).People);
        Assert.Equal("nobody_to_tell", await Refused(office.Officer, offer, "unclaimed"));

        var find = office.Town.Get<FindMessages>();
        foreach (var (citizen, application) in people)
        {
            Assert.Equal(2, (await find.Of(citizen)).Count);
            Assert.Equal(2, (await find.About(citizen, application)).Count);
        }
        var first = (await find.Of(people[0].Citizen)).Max(m => m.SentMs);
        Assert.Equal(2, await office.Town.Get<SeeMessages>().Run(people[0].Citizen, first));
        Assert.Equal(0, await office.Town.Get<SeeMessages>().Run(people[0].Citizen, first));
        Assert.Equal((0, 2), (await find.Unseen(people[0].Citizen), await find.Unseen(people[1].Citizen)));
        var listed = await office.Officer.GetStringAsync(Path(offer));
        Assert.Equal(1, (await office.Officer.GetFromJsonAsync<List<MessageReply>>(Path(offer)))!.Single(m => m.Id == id).Seen);
        Assert.All(people, p => Assert.DoesNotContain($"{p.Citizen.Value}", listed, StringComparison.Ordinal));
        await using var connection = await office.App.Database.Open();
        Assert.Equal((4L, 1L), (await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'message.written'"), await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'message.seen'")));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_who_has_not_claimed_yet_is_reminded_and_who_has_is_not(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Publish(office, "none", "citizen_chooses");
        var people = await Applied(office, offer, 3);
        Assert.True((await office.Town.Get<PlaceClaim>().Run(people[2].Citizen, Guid.CreateVersion7(), new WantedClaim(people[2].Id, ClaimTarget.Municipal, Fallback.None))).Ok);
        Assert.Equal(2, (await Write(office.Officer, offer, "unclaimed")).People);
        Assert.Empty(await office.Town.Get<FindMessages>().Of(people[2].Citizen));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_to_more_people_than_the_setting_says_another_officer_approves(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var offer = await Publish(office);
        var people = await Applied(office, offer, 3);
        await Applying.Set(office.App.Services, "message.four_eyes_above", "2", $"municipality/{Town.A.Value}");
        using var approver = await office.Approver();
        var message = await Write(approver, offer);
        Assert.Equal(("waiting", 3L), (message.State, message.People));
        Assert.Empty(await office.Town.Get<FindMessages>().Of(people[0].Citizen));
        Assert.Contains("子育て応援ポイントのお知らせ", WebUtility.HtmlDecode(await approver.GetStringAsync("/office/approvals")), StringComparison.Ordinal);
        Assert.Equal("four_eyes", await GrantOffice.Code(await approver.PostAsync($"{Path(offer)}/{message.Id}/approve", null)));
        Assert.Equal("role_forbidden", await GrantOffice.Code(await office.Officer.PostAsync($"{Path(offer)}/{message.Id}/approve", null)));
        using var second = await office.Desk.Officer("OF-005", Town.A, Role.Approver);
        Assert.Equal("not_found", await GrantOffice.Code(await second.PostAsync($"{Path(office.Programme)}/{message.Id}/approve", null)));
        var sent = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ => await (await second.PostAsync($"{Path(offer)}/{message.Id}/approve", null)).Content.ReadFromJsonAsync<MessageReply>()));
        Assert.All(sent, m => Assert.Equal(("sent", 3L), (m!.State, m.People)));
        Assert.Single(await office.Town.Get<FindMessages>().Of(people[0].Citizen));
        var waiting = await Write(approver, offer, "waiting");
        Assert.Equal("withdrawn", (await (await office.Officer.PostAsync($"{Path(offer)}/{waiting.Id}/withdraw", null)).Content.ReadFromJsonAsync<MessageReply>())!.State);
        Assert.Equal("not_found", await GrantOffice.Code(await second.PostAsync($"{Path(offer)}/{waiting.Id}/approve", null)));
        Assert.Equal("not_found", await GrantOffice.Code(await office.Officer.PostAsync($"{Path(offer)}/{message.Id}/withdraw", null)));
        await using var connection = await office.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'message.approved'"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5004c_who_wants_mail_hears_once_that_there_is_something_to_read_and_nothing_of_it(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        var citizen = await town.Town.Resident();
        using var me = await town.WithMail();
        var desk = new StaffDesk(town.Town.App);
        using var officer = await desk.Officer("OF-001", Residents.A, Role.Officer);
        var offer = await Offering.Publish(officer, Offering.Full(town.Clock.Today()));
        await town.Town.App.Database.Write(tx => tx.Connection.ExecuteAsync("""
            insert into inc_application(id, programme, municipality, citizen, person, period, shown_id, points, declared, state, made_ms)
            values (@Id, @offer, @Town, @citizen, @Person, 0, 'M', 500, 0, 'waiting', @Now)
            """, new { Id = Guid.CreateVersion7(), offer, Town = Residents.A, citizen, Person = Guid.CreateVersion7(), Now = town.Clock.NowMs() }, tx.Handle));
        var before = town.Boxes.All.Count;

        await Write(officer, offer);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Tell()));
        await Tell();
        await town.Deliver();

        Assert.Equal(before + 1, town.Boxes.All.Count);
        var mail = town.Boxes.All[0];
        Assert.Equal("【マイキー】申しこんだ施策のお知らせがあります", mail.Subject);
        Assert.DoesNotContain("日曜日", mail.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("子育て", mail.Body + mail.Subject, StringComparison.Ordinal);

        // On My Page it stands until it is read.
        Assert.Contains("申しこんだ施策のお知らせが1件あります", WebUtility.HtmlDecode(await me.GetStringAsync("/my")), StringComparison.Ordinal);
        Assert.Contains("窓口が休みです", WebUtility.HtmlDecode(await me.GetStringAsync("/my/messages")), StringComparison.Ordinal);
        Assert.Equal("/my", (await town.Town.Send(me, "/my/messages", ("UntilMs", $"{town.Clock.NowMs()}"))).Headers.Location?.OriginalString);
        Assert.DoesNotContain("申しこんだ施策のお知らせが1件あります", WebUtility.HtmlDecode(await me.GetStringAsync("/my")), StringComparison.Ordinal);
        // Switched off, no mail.
        Assert.True((await me.PutAsJsonAsync("/api/v1/my/mail/notices/offer_message", new { on = false })).IsSuccessStatusCode);
        await Write(officer, offer);
        await Tell();
        await town.Deliver();
        Assert.Equal(before + 1, town.Boxes.All.Count);

        Task Tell() => town.Town.Get<TellMessages>().Run(new JobRun(TellMessages.JobName, Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("", "field_required")]
    [InlineData("123456789018", "my_number_refused")]
    [InlineData("くわしくは https://evil.example/x を見てください。", "link_forbidden")]
    [InlineData("くわしくは ｗｗｗ．ｅｖｉｌ．ｃｏｍ へ。", "link_forbidden")]
    [InlineData("返事は a.b@evil.example へ。", "link_forbidden")]
    [InlineData("mykey.localhost.evil.example を見てください。", "link_forbidden")]
    [InlineData("192.0.2.1 へ。", "link_forbidden")]
    [InlineData("https://localhost を見てください。", "link_forbidden")]
    [InlineData("https://mykey.localhost:5080@evil.example/", "link_forbidden")]
    [InlineData("ftp://mykey.localhost/", "link_forbidden")]
    [InlineData("https://mykey.localhost/my を見てください。", null)]
    [InlineData("mykey.localhost のマイページへ。", null)]
    [InlineData("ポイントは3.5倍、A.B市です。12.3。", null)]
    public void S1_45_a_text_without_numbers_of_persons_and_ways_to_elsewhere(string text, string? code) => Assert.Equal(code, MessageText.Read(text, "mykey.localhost").Refused?.Code);

    [Fact]
    public void S1_45_a_number_parted_by_lines_and_a_long_text_are_refused()
    {
        Assert.Equal("my_number_refused", MessageText.Read("1234\n5678\n9018", "mykey.localhost").Refused?.Code);
        Assert.Equal("too_large", MessageText.Read(new string('あ', MessageText.Longest + 1), "mykey.localhost").Refused?.Code);
        Assert.Equal("一行目\n\n二行目", MessageText.Read(" 一行目\r\n\r\n二行目 \r\n", "mykey.localhost").Value);
    }

    [Fact]
    public async Task S1_S1_on_the_page_it_is_looked_at_before_it_goes_out()
    {
        await using var office = await GrantOffice.Open();
        var offer = await Publish(office);
        var page = $"/office/offers/{offer}/messages";
        await Applied(office, offer, 2);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, page, $"{page}?handler=Look", ("Change", $"{Guid.CreateVersion7()}"), ("Audience", "all"), ("Text", "www.evil.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, page, $"{page}?handler=Look", ("Change", $"{Guid.CreateVersion7()}"), ("Audience", "granted"), ("Text", Text))).StatusCode);
        var change = $"{Guid.CreateVersion7()}";
        (string, string)[] typed = [("Change", change), ("Audience", "all"), ("Text", Text)];
        var look = WebUtility.HtmlDecode(await (await office.App.Submit(office.Officer, page, $"{page}?handler=Look", typed)).Content.ReadAsStringAsync());
        Assert.Contains("2人に出す", look, StringComparison.Ordinal);
        Assert.Empty((await office.Officer.GetFromJsonAsync<List<MessageReply>>(Path(offer)))!);
        for (var again = 0; again < 2; again++) Assert.Equal($"{page}?saved=sent", (await office.App.Submit(office.Officer, page, $"{page}?handler=Send", typed)).Headers.Location?.ToString());
        Assert.Equal(Text, Assert.Single((await office.Officer.GetFromJsonAsync<List<MessageReply>>(Path(offer)))!).Text);
        using var neighbour = await office.Desk.Officer("OF-009", Town.B, Role.Officer);
        Assert.Equal(HttpStatusCode.NotFound, (await neighbour.GetAsync(page)).StatusCode);
        Assert.Equal("not_found", await Refused(neighbour, offer));
    }
}
