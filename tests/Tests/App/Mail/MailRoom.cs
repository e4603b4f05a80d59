using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity.Certificates;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Outbox;
using MyKey.Sandbox.Mail;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>The sandbox's mail server for any App of a test.</summary>
public sealed partial class MailRoom : IAsyncDisposable
{
    public const string Mine = "watashi.no..denwa@mail.example";

    private readonly SmtpServer server;

    private MailRoom(SmtpServer server, Mailboxes boxes) => (this.server, Boxes) = (server, boxes);

    public Mailboxes Boxes { get; }

    public string[] Settings =>
        [$"MyKey:Mail:Relay=127.0.0.1:{server.Port}", "MyKey:Mail:From=oshirase@id.mykey.example", "MyKey:Mail:Site=http://mykey.localhost:5080/", "MyKey:Limits:AttemptsPerMinute=10000"];

    public static async Task<MailRoom> Open()
    {
        var boxes = new Mailboxes(TimeProvider.System);
        var server = new SmtpServer(0, boxes);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new MailRoom(server, boxes);
    }

    /// <summary>The next run of the job, without its wait.</summary>
    public static Task<JobResult> Deliver(TestApp app) => app.Services.GetRequiredService<SendOutbox>().Run(new JobRun("kernel-send-outbox", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    /// <summary>Puts a mailbox on file, as its citizen does with the card.</summary>
    public async Task Give(TestApp app, CitizenId citizen, string mail = Mine)
    {
        var certificate = new AuthCertificate(new string('a', 64), "fe", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var sessions = app.Services.GetRequiredService<OpenSessions>();
        var token = await app.Database.Write(tx => sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }));
        var session = (await sessions.Find(token, SessionKind.Citizen)).Value;
        var keep = app.Services.GetRequiredService<KeepMail>();
        Assert.True((await keep.Ask(session, new NewMail(mail, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        await Deliver(app);
        Assert.True((await keep.Confirm(session, Code(mail))).Ok);
        await Deliver(app);
    }

    /// <summary>The number in the newest mail of a mailbox.</summary>
    public string Code(string mail = Mine) => Digits().Match(Boxes.Of(mail)[0].Body).Groups[1].Value;

    /// <summary>What has come after so many mails, the oldest first, without 【マイキー】.</summary>
    public IEnumerable<string> After(int first, string mail = Mine) => Boxes.Of(mail).Reverse().Skip(first).Select(m => m.Subject["【マイキー】".Length..]);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [GeneratedRegex("番号: ([0-9]{6})")]
    private static partial Regex Digits();
}
