using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.MyPage;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox.Authority;
using MyKey.Tests.App.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: where no counter is near, 72 hours and a mail that nobody objects to open the old account; nobody gets it behind its citizen's back (Lineage).</summary>
public class JoinAloneTests
{
    private const string Id = "AB12CD34";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Lineage_72_hours_after_a_mail_that_nobody_objected_to(Engine engine)
    {
        await using var room = await MailRoom.Open();
        await using var asked = await Asked(room, engine, mailboxAgeDays: 31);
        Assert.NotNull(asked.Reply.AloneMs);
        await MailRoom.Deliver(asked.Town.App);
        var mail = Assert.Single(room.Boxes.All.DistinctBy(m => m.MessageId), m => m.Subject.Contains("申し込み", StringComparison.Ordinal));
        Assert.Contains("をすぎると、窓口に行かなくても", mail.Body, StringComparison.Ordinal);
        Assert.Contains("窓口に行かなくても", await asked.Browser.Client.GetStringAsync("/my/had"), StringComparison.Ordinal);
        Assert.Equal("joined 0 of 0", await Run(asked));

        await Age(asked, "update idn_join_request set alone_ms = alone_ms - 259200000");

        Assert.Equal("joined 1 of 1", await Run(asked));
        Assert.Equal("joined 0 of 0", await Run(asked));
        using var home = asked.Town.Browser();
        Assert.Equal("/my", await home.Login(asked.Next));
        Assert.Contains("だれも断らなかった", await home.Client.GetStringAsync("/my/card"), StringComparison.Ordinal);
        await using var connection = await asked.Town.App.Database.Open();
        Assert.Equal(["certificate.joined", "join.asked", "join.waited"], await connection.QueryAsync<string>("select action from log_operation where action like 'join.%' or action like 'certificate.%' order by action"));
    }

    [Fact]
    public async Task Lineage_a_young_mailbox_or_one_changed_meanwhile_needs_the_counter()
    {
        await using var room = await MailRoom.Open();
        await using (var young = await Asked(room, Engine.Sqlite, mailboxAgeDays: 29)) Assert.Null(young.Reply.AloneMs);
        await using var asked = await Asked(room, Engine.Sqlite, mailboxAgeDays: 31);
        await Age(asked, "update idn_mail set since_ms = since_ms + 2678400000");
        await Age(asked, "update idn_join_request set alone_ms = alone_ms - 259200000");
        Assert.Equal("joined 0 of 1", await Run(asked));
        Assert.Equal("/my/first", await asked.Browser.Login(asked.Next));
    }

    [Theory]
    [InlineData("object"), InlineData("stop")]
    public async Task Lineage_whoever_objects_keeps_the_account(string how)
    {
        await using var room = await MailRoom.Open();
        await using var asked = await Asked(room, Engine.Sqlite, mailboxAgeDays: 31);
        using var me = await asked.Town.Residents.LoggedIn(Id);
        Assert.Contains("新しいカードをつなぐ申し込み", await me.GetStringAsync("/my"), StringComparison.Ordinal);
        var answer = how == "object" ? await asked.Town.Residents.Send(me, "/my/card?handler=object") : await asked.Town.Residents.Send(me, "/lost/stop");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        if (how == "stop")
        {
            var op = new MyKey.Identity.Staffing.StaffMember(Ids.New<StaffId>(TimeProvider.System), "OP-1", MyKey.Identity.Staffing.StaffState.Active, [new(MyKey.Identity.Staffing.Role.Operator, null)]);
            Assert.True((await asked.Town.Residents.Get<SuspendCitizen>().Resume(op, MyKeyId.Read(Id).Value, "本人")).Ok);
        }
        await Age(asked, "update idn_join_request set alone_ms = alone_ms - 259200000");
        Assert.Equal("joined 0 of 0", await Run(asked));
        Assert.Equal("/my/first", await asked.Browser.Login(asked.Next));
    }

    private static async Task Age(Asking asked, string sql) => await asked.Town.App.Database.Write(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Handle));

    private static async Task<string> Run(Asking asked) =>
        (await asked.Town.Residents.Get<JoinAlone>().Run(new JobRun("identity-join-alone", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken)).Text;

    /// <summary>A new card whose predecessor nobody tells has asked for the old account.</summary>
    private static async Task<Asking> Asked(MailRoom room, Engine engine, int mailboxAgeDays)
    {
        var town = await CardTown.Start(engine, room.Settings);
        var card = town.Authority.Issue();
        var me = await town.Resident(card, Id);
        await room.Give(town.App, me);
        await town.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_mail set since_ms = since_ms - @Age", new { Age = mailboxAgeDays * 86_400_000L }, tx.Handle));
        var next = town.Authority.Reissue(card);
        town.Authority.TellsLineage = false;
        await town.LoadLists();
        var browser = town.Browser();
        await browser.Login(next);
        var answer = await browser.Client.PostAsJsonAsync("/api/v1/my/joins", new MyJoinRequest(Id, Residents.Password));
        return new Asking(town, card, next, browser, (await answer.Content.ReadFromJsonAsync<MyJoinReply>())!);
    }

    private sealed record Asking(CardTown Town, SandboxCard Old, SandboxCard Next, MyKey.Sandbox.Cards.CardBrowser Browser, MyJoinReply Reply) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            Old.Dispose();
            Next.Dispose();
            await Town.DisposeAsync();
        }
    }
}
