using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Identity.Citizens;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Lost;

/// <summary>Goal: neither card nor password, but the mailbox on file: the ID is stopped; and a stranger learns nothing and stops nothing (K-28).</summary>
public class MailStopTests
{
    private static async Task<CitizenState> State(MailTown town) => (await town.Town.Get<FindCitizen>().ById(MyKeyId.Read(Residents.MyKeyId).Value))!.State;

    private static async Task<string> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_28_S0_1019a_a_number_by_mail_stops_the_ID_and_every_session(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var me = await town.WithMail();
        using var stranger = town.Town.App.Client();
        Assert.Contains("href=\"/lost/mail\"", await stranger.GetStringAsync("/lost/stop"), StringComparison.Ordinal);

        Assert.Equal("/lost/mail", (await town.Town.Send(stranger, "/lost/mail?handler=ask", ("MyKeyId", Residents.MyKeyId), ("Mail", MailTown.Mine.ToUpperInvariant()))).Headers.Location?.OriginalString);
        await town.Deliver();
        Assert.Contains("止まります", town.Boxes.All[0].Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await town.Town.Send(stranger, "/lost/mail?handler=code", ("Code", "x"))).StatusCode);
        Assert.Equal("/lost/stopped", (await town.Town.Send(stranger, "/lost/mail?handler=code", ("Code", town.Code()))).Headers.Location?.OriginalString);

        Assert.Equal(CitizenState.Suspended, await State(town));
        Assert.Equal(HttpStatusCode.SeeOther, (await me.GetAsync("/my")).StatusCode);
        await town.Deliver();
        Assert.Equal("【マイキー】マイキーIDが止まりました", town.Boxes.All[0].Subject);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_28_V_D2_the_answer_is_the_same_whether_anybody_is_there(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        (await town.WithMail()).Dispose();
        await town.Town.Resident("ZZ111111", 2);
        using var stranger = town.Town.App.Client();
        var bodies = new List<string>();
        foreach (var (id, mail) in ((string, string)[])[(Residents.MyKeyId, MailTown.Mine), (Residents.MyKeyId, "other@mail.example"), ("ZZ111111", MailTown.Mine), ("QQ777777", MailTown.Mine), ("?", MailTown.Mine)])
        {
            var asked = await stranger.PostAsJsonAsync("/api/v1/my/stop/mail", new { myKeyId = id, mail });
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
            var request = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request").GetString()!;
            bodies.Add((await asked.Content.ReadAsStringAsync()).Replace(request, "", StringComparison.Ordinal));
            Assert.Equal("mail_code_wrong", await Code(await stranger.PostAsJsonAsync("/api/v1/my/stop/code", new { request, code = "000000" })));
        }
        Assert.Single(bodies.Distinct());
        Assert.Equal("mail_format", await Code(await stranger.PostAsJsonAsync("/api/v1/my/stop/mail", new { myKeyId = Residents.MyKeyId, mail = "x" })));
        await town.Deliver();
        // Only the right pair has brought a mail.
        Assert.Equal(3, town.Boxes.All.Count);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_28_guesses_and_mails_are_bounded(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var me = await town.WithMail();
        using var stranger = town.Town.App.Client();
        async Task<HttpResponseMessage> Ask() => await stranger.PostAsJsonAsync("/api/v1/my/stop/mail", new { myKeyId = Residents.MyKeyId, mail = MailTown.Mine });
        async Task<string> Request() => (await (await Ask()).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request").GetString()!;
        var request = await Request();
        await town.Deliver();
        var right = town.Code();
        for (var i = 0; i < 5; i++) await stranger.PostAsJsonAsync("/api/v1/my/stop/code", new { request, code = "x" });
        Assert.Equal("mail_code_wrong", await Code(await stranger.PostAsJsonAsync("/api/v1/my/stop/code", new { request, code = right })));
        await Ask();
        await Ask();
        await town.Deliver();
        var refused = await Ask();
        Assert.Equal("mail_throttled", await Code(refused));
        for (var i = 0; i < 6; i++)
        {
            town.Clock.Jump(TimeSpan.FromMinutes(16));
            await Ask();
            await town.Deliver();
        }
        town.Clock.Jump(TimeSpan.FromMinutes(16));
        var last = await Request();
        await town.Deliver();
        Assert.Equal(MyKey.Identity.Mail.MailCodes.StopsPerDay, town.Room.After(2).Count());

        // Taken away meanwhile: the number is good for nothing.
        town.Clock.Jump(TimeSpan.FromDays(2));
        var late = await Request();
        await town.Deliver();
        var code = town.Code();
        using var again = await town.Town.LoggedIn();
        await again.DeleteAsync("/api/v1/my/mail");
        Assert.Equal("mail_code_wrong", await Code(await stranger.PostAsJsonAsync("/api/v1/my/stop/code", new { request = late, code })));
        Assert.Equal(CitizenState.Active, await State(town));
        Assert.NotEqual(last, late);
    }
}
