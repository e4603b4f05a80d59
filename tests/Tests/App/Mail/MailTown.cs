using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Outbox;
using MyKey.Sandbox.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>Residents whose App hands its mails to the sandbox's mail server, over SMTP.</summary>
public sealed partial class MailTown : IAsyncDisposable
{
    public const string Mine = "watashi.no..denwa@mail.example";

    private readonly SmtpServer server;

    private MailTown(Residents town, TestClock clock, SmtpServer server, Mailboxes boxes) => (Town, Clock, this.server, Boxes) = (town, clock, server, boxes);

    public Residents Town { get; }

    public TestClock Clock { get; }

    public Mailboxes Boxes { get; }

    public static async Task<MailTown> Start(Engine engine = Engine.Sqlite)
    {
        var (clock, boxes) = (new TestClock(), new Mailboxes());
        var server = new SmtpServer(0, boxes);
        await server.StartAsync(TestContext.Current.CancellationToken);
        var town = await Residents.Start(engine, b => b.Services.AddSingleton<TimeProvider>(clock), Settings(server));
        return new MailTown(town, clock, server, boxes);
    }

    public static string[] Settings(SmtpServer server) =>
        [$"MyKey:Mail:Relay=127.0.0.1:{server.Port}", "MyKey:Mail:From=oshirase@id.mykey.example", "MyKey:Mail:Site=http://mykey.localhost:5080/", "MyKey:Limits:AttemptsPerMinute=10000"];

    public Task<JobResult> Deliver() => Deliver(Town.App);

    /// <summary>The next run of the job, without its wait.</summary>
    public static Task<JobResult> Deliver(TestApp app) => app.Services.GetRequiredService<SendOutbox>().Run(new JobRun("kernel-send-outbox", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    /// <summary>Somebody logged in whose mailbox is on file.</summary>
    public async Task<HttpClient> WithMail(string id = Residents.MyKeyId, string mail = Mine)
    {
        var client = await Town.LoggedIn(id);
        Assert.Equal("/my/settings/mail", (await Town.Send(client, "/my/settings/mail?handler=ask", ("Mail", mail), ("Password", Residents.Password))).Headers.Location?.OriginalString);
        await Deliver();
        Assert.Equal("/my/settings/mail?saved=mail", (await Town.Send(client, "/my/settings/mail?handler=code", ("Code", Code(mail)))).Headers.Location?.OriginalString);
        await Deliver();
        return client;
    }

    /// <summary>The number in the newest mail of a mailbox.</summary>
    public string Code(string mail = Mine) => Digits().Match(Boxes.Of(mail)[0].Body).Groups[1].Value;

    public IEnumerable<string> Subjects(string mail = Mine) => Boxes.Of(mail).Select(m => m.Subject);

    public async ValueTask DisposeAsync()
    {
        await Town.DisposeAsync();
        await server.DisposeAsync();
    }

    [GeneratedRegex("番号: ([0-9]{6})")]
    private static partial Regex Digits();
}
