using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>Residents whose App hands its mails to the sandbox's mail server, over SMTP.</summary>
public sealed class MailTown : IAsyncDisposable
{
    public const string Mine = MailRoom.Mine;

    private MailTown(Residents town, TestClock clock, MailRoom room) => (Town, Clock, Room) = (town, clock, room);

    public Residents Town { get; }

    public TestClock Clock { get; }

    public MailRoom Room { get; }

    public Mailboxes Boxes => Room.Boxes;

    public static async Task<MailTown> Start(Engine engine = Engine.Sqlite)
    {
        var (clock, room) = (new TestClock(), await MailRoom.Open());
        return new MailTown(await Residents.Start(engine, b => b.Services.AddSingleton<TimeProvider>(clock), room.Settings), clock, room);
    }

    public Task<JobResult> Deliver() => MailRoom.Deliver(Town.App);

    public string Code(string mail = Mine) => Room.Code(mail);

    /// <summary>Somebody logged in whose mailbox is on file: two mails have come.</summary>
    public async Task<HttpClient> WithMail(string id = Residents.MyKeyId, string mail = Mine)
    {
        var client = await Town.LoggedIn(id);
        Assert.Equal("/my/settings/mail", (await Town.Send(client, "/my/settings/mail?handler=ask", ("Mail", mail), ("Password", Residents.Password))).Headers.Location?.OriginalString);
        await Deliver();
        Assert.Equal("/my/settings/mail?saved=mail", (await Town.Send(client, "/my/settings/mail?handler=code", ("Code", Code(mail)))).Headers.Location?.OriginalString);
        await Deliver();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Town.DisposeAsync();
        await Room.DisposeAsync();
    }
}
