using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using MyKey.App.Offers;
using MyKey.App.Programmes;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Load.Http;
using MyKey.Sandbox.Authority;

namespace MyKey.Load.Works;

/// <summary>
/// The opening day of a scheme (issue: 2,000 applications/s, p99 ≤ 500 ms): everybody who is logged in asks for the question to his card, signs it, posts what the card signed and applies with the code.
/// The cards sign between the two turns that are measured: in life each does so itself.
/// </summary>
internal static class Applications
{
    private const int AtOnce = 16, Warmings = 2;

    private sealed record Applicant(CitizenId Citizen, RSA Key, string Certificate, string Cookies)
    {
        public CardChallenge? Challenge { get; set; }

        public byte[] Answer { get; set; } = [];
    }

    public static async Task Apply(Workplace at, CancellationToken stop)
    {
        if (at.Options.Sqlite) throw new NotSupportedException("--work applications needs PostgreSQL: the App is a process of its own beside this one.");
        using var authority = NationalAuthority.InMemory(at.Clock);
        var anchors = await at.Believe(authority, stop);
        var programme = await Offer(at, stop);
        // What the machine bears is to be seen, not what the setting lets in.
        Must.Hold((await at.Get<SetSetting>().Run(new("queue.per_second", SettingPlace.Platform, "100000", Actor.Job("load")), stop)).Ok, "everybody is let in");
        await using var app = await AppProcess.Start(at.Place, at.Folder, at.Keys, stop, anchors);
        var wires = Enumerable.Range(0, at.Options.Connections).Select(_ => new Wire(app.Port)).ToList();
        foreach (var wire in wires) await wire.Connect(stop);
        var (cpu, rates) = (new CpuTime(at.ServerProcess, app.Id), new List<double>());
        for (var turn = -Warmings; turn < at.Options.Rounds; turn++)
        {
            // A fresh process runs code that is not optimised yet, so the first turns are not counted.
            var people = await Issue(at, authority, turn < 0 ? Math.Min(at.Size, 5_000) : at.Size, stop);
            await at.Rest();
            var asked = await Drive(at, cpu, (wires, people), (wire, person) => Ask(wire, person, programme), stop);
            await Sign(people);
            var applied = await Drive(at, cpu, (wires, people), Answer, stop);
            if (turn < 0) continue;
            rates.Add(1 / (1 / asked.Drive.PerSecond + 1 / applied.Drive.PerSecond));
            await at.Say($"processor for a question {asked.Used.Each(people.Count)}, for the card's answer and the application {applied.Used.Each(people.Count)}");
            await at.Say($"questions {Told(asked.Drive)}; answers with their applications {Told(applied.Drive)}; all of it {rates[^1]:#,0}/s");
        }
        await at.Say($"{rates.Order().ElementAt((rates.Count - 1) / 2):#,0} applications/s (bar: 2,000), {wires.Count:#,0} connections");
        foreach (var wire in wires) wire.Dispose();
    }

    private static string Told(Drive drive) => Run.Text($"{drive.PerSecond:#,0}/s, p50 {drive.Latencies.Quantile(0.5):0.0} ms, p99 {drive.Latencies.Quantile(0.99):0.0} ms");

    /// <summary>Everybody once, as fast as the connections go.</summary>
    private static async Task<(Drive Drive, CpuUsed Used)> Drive(Workplace at, CpuTime cpu, (List<Wire> Wires, IReadOnlyList<Applicant> People) who, Func<Wire, Applicant, ValueTask<string?>> call, CancellationToken stop)
    {
        var next = -1;
        var drive = new Drive(who.Wires.Count, till => _ =>
        {
            var i = Interlocked.Increment(ref next);
            return i < who.People.Count ? call(who.Wires[till], who.People[i]) : ValueTask.FromResult<string?>(Load.Drive.NothingLeft);
        }, at.Options.Seed, at.Clock);
        var before = cpu.Now();
        await drive.For(TimeSpan.FromMinutes(1).TotalSeconds, stop);
        var used = cpu.Now() - before;
        Must.Hold(drive.Accepted == who.People.Count, $"everybody is served: {string.Join(' ', drive.Refusals)}");
        return (drive, used);
    }

    private static async ValueTask<string?> Ask(Wire wire, Applicant person, ProgrammeId programme)
    {
        var refused = await wire.Ask(Post(wire, "/api/v1/my/applications/question", person.Cookies, Run.Text($"{{\"id\":\"{Guid.CreateVersion7()}\",\"programme\":\"{programme.Value}\"}}")));
        if (refused is null)
            person.Challenge = CardChallenge.Read(QueryHelpers.ParseQuery(new Uri(wire.Field("agent")).Query).ToDictionary(p => p.Key, p => p.Value.ToString()));
        return refused;
    }

    private static async ValueTask<string?> Answer(Wire wire, Applicant person) =>
        await wire.Ask(person.Answer) ?? await wire.Ask(Post(wire, "/api/v1/my/applications", person.Cookies, Run.Text($"{{\"code\":\"{wire.Field("code")}\"}}")));

    private static Task Sign(IReadOnlyList<Applicant> people) => Task.Run(() => Parallel.ForEach(people, person =>
    {
        var challenge = Must.Have(person.Challenge, "everybody was asked");
        var signature = person.Key.SignData(ChallengeBytes.Of(challenge), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        person.Answer = Post(null, "/card/answers", null,
            Run.Text($"{{\"challengeId\":\"{challenge.Id}\",\"certificate\":\"{person.Certificate}\",\"signature\":\"{Base64Url.EncodeToString(signature)}\",\"agentVersion\":\"1.0.0\"}}"));
    }));

    private static byte[] Post(Wire? wire, string path, string? cookies, string body) => Encoding.ASCII.GetBytes(
        Run.Text($"POST {path} HTTP/1.1\r\nHost: {wire?.Host ?? "127.0.0.1"}\r\n{(cookies is null ? "" : $"Cookie: {cookies}\r\n")}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    /// <summary>People with a card of their own and a session that it opened. All cards share one key: what is signed is another each time, and keys take long to make.</summary>
    private static async Task<IReadOnlyList<Applicant>> Issue(Workplace at, NationalAuthority authority, int count, CancellationToken stop)
    {
        var key = RSA.Create(2048);
        var (people, next, notBefore) = (new Applicant[count], -1, at.Clock.GetUtcNow().AddDays(-30));
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(Work, stop)));
        return people;

        async Task Work()
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                using var card = authority.Issue(new CertificateProfile { PublicKey = new PublicKey(key), NotBefore = notBefore });
                var certificate = new AuthCertificate(card.Authority, card.Serial, notBefore, notBefore.AddYears(5));
                var session = new Session(SessionKind.Citizen, Assurance.A3, null, null, null, certificate, at.Clock.NowMs(), 0, long.MaxValue);
                var citizen = (await at.Get<IssueMyKeyId>().Issue(session, IssueMode.Generate, null, stop)).Value.Citizen;
                var token = await at.Database.Write(tx => at.Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }), stop);
                people[i] = new Applicant(citizen, key, Base64Url.EncodeToString(card.CertificateDer), $"mykey-citizen={token}; mykey-before-login={MyKey.Identity.Token.New().Text}");
            }
        }
    }

    private static async Task<ProgrammeId> Offer(Workplace at, CancellationToken stop)
    {
        var (clerk, today, id) = (Actor.Job("load"), at.Clock.Today(), Ids.New<ProgrammeId>(at.Clock));
        Must.Hold((await at.Get<OpenProgramme>().Run(new OpenProgramme.Plan(id, at.Municipality, "はじまりの日", GrantKind.Benefit, today, today.AddDays(90), clerk), stop)).Ok, "a programme is open");
        await at.Database.Write(tx => at.Get<Limits>().SetTotal(tx, LimitId.Budget(id), new Points(1_000_000_000_000)), stop);
        var wanted = OfferText.Read(new OfferEntry(id, "はじまりの日", today, today.AddDays(30))
        {
            Category = OfferCategory.All[0].Code, Summary = "だれでも申し込めます。", Conditions = "市内に住む人。", Amount = 5_000, Screening = "by_hand", Contact = "窓口", ContactNumber = "000-0000-0000",
        }, at.Municipality);
        Must.Hold((await at.Get<SaveOffer>().Write(wanted.Value, clerk, stop)).Ok && (await at.Get<SaveOffer>().Publish(at.Municipality, id, clerk, stop)).Ok, "it is published");
        return id;
    }
}
