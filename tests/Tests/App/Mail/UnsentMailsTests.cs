using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Mail;
using MyKey.Kernel.Db;
using MyKey.Kernel.Outbox;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>Goal: a mail that is not taken is tried again for about a day, and then somebody sees it.</summary>
public class UnsentMailsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_mailbox_that_is_none_stands_at_once_on_the_operators_page(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = "full@mail.example", password = Residents.Password });
        await town.Deliver();
        using var op = await new StaffDesk(town.Town.App).Operator();

        var unsent = Assert.Single((await op.GetFromJsonAsync<List<UnsentMail>>("/api/v1/operator/mails"))!);

        Assert.Equal((1, "SMTP 550"), (unsent.Tries, unsent.Answer));
        Assert.Contains("送れないメールが1件", await op.GetStringAsync("/operator"), StringComparison.Ordinal);
        var page = await op.GetStringAsync("/operator/mails");
        Assert.True(page.Contains("番号のメール", StringComparison.Ordinal) && !page.Contains("full@", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await op.PostAsync($"/api/v1/operator/mails/{unsent.Id}/send", null)).StatusCode);
        Assert.Equal("taken 0 of 1", (await town.Deliver()).Text);
        Assert.Equal(HttpStatusCode.OK, (await op.DeleteAsync($"/api/v1/operator/mails/{unsent.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await op.DeleteAsync($"/api/v1/operator/mails/{unsent.Id}")).StatusCode);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(["mail.dropped", "mail.sent_again"], (await connection.QueryAsync<string>("select action from log_operation where action in ('mail.sent_again', 'mail.dropped')")).Order());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_mailbox_that_is_busy_is_tried_again_later(Engine engine)
    {
        await using var town = await MailTown.Start(engine);
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = "busy@mail.example", password = Residents.Password });
        Assert.Equal("taken 0 of 1", (await town.Deliver()).Text);
        Assert.Equal("taken 0 of 0", (await town.Deliver()).Text);
        town.Clock.Jump(TimeSpan.FromMilliseconds(SendOutbox.WaitMs(1)));
        Assert.Equal("taken 0 of 1", (await town.Deliver()).Text);
        // A number that is over is no matter any more.
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        Assert.Equal("taken 1 of 1", (await town.Deliver()).Text);
        Assert.Empty(town.Boxes.All);
    }

    [Fact]
    public async Task Only_an_operator_sees_them()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        Assert.Equal(HttpStatusCode.Unauthorized, (await me.GetAsync("/api/v1/operator/mails")).StatusCode);
    }
}
