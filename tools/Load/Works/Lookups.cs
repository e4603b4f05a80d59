using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyKey.App.Libraries;
using MyKey.App.Registry;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel.Db;
using MyKey.Load.Http;
using MyKey.Sandbox.Authority;
using Npgsql;
using NpgsqlTypes;

namespace MyKey.Load.Works;

/// <summary>
/// Many counters ask for the number of the card on their reader (S2-P9b), in turns with a call of the same host that does nothing; bar: 60 % of it. Each look-up is a
/// certificate judged, its revocation and its citizen's state asked, the link found, and the record of it durable before the answer.
/// </summary>
internal static class Lookups
{
    private const int People = 5_000, Devices = 100, MostWarmings = 5;
    private const double WarmSeconds = 3;

    public static async Task Look(Workplace at, CancellationToken stop)
    {
        if (at.Options.Sqlite) throw new NotSupportedException("--work lookups needs PostgreSQL: links come by COPY, and the App is a process of its own beside this one.");
        using var authority = NationalAuthority.InMemory(at.Clock);
        var anchors = await at.Believe(authority, stop);
        var provider = await Provider(at, stop);
        var cookies = await Enrol(at, provider, stop);
        var people = await Issue(at, authority, stop);
        var filled = await Workplace.Time(() => Link(at, provider, people, stop));
        await at.Rest();
        await at.Say($"{at.Size:#,0} links in {filled:0.0} s by COPY; {people.Count:#,0} cards and {cookies.Count} counters that ask");
        await using var app = await AppProcess.StartWithEmpty(at.Place, at.Folder, at.Keys, anchors, stop);
        await Measure(at, app, cookies, people, stop);
    }

    private static async Task Measure(Workplace at, AppProcess app, IReadOnlyList<string> cookies, IReadOnlyList<(CitizenId Citizen, string Certificate)> people, CancellationToken stop)
    {
        var host = Run.Text($"127.0.0.1:{app.Port}");
        var empty = Encoding.ASCII.GetBytes(Run.Text($"POST {EmptyHost.Path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"));
        var bodies = people.Select(p => Run.Text($"{{\"certificate\":\"{p.Certificate}\"}}")).ToArray();
        var looks = bodies.Select(b => Encoding.ASCII.GetBytes(Run.Text($"Content-Type: application/json\r\nContent-Length: {b.Length}\r\n\r\n{b}"))).ToArray();
        var heads = cookies.Select(c => Encoding.ASCII.GetBytes(Run.Text($"POST /api/v1/links/lookups HTTP/1.1\r\nHost: {host}\r\nCookie: mykey-terminal={c}\r\n"))).ToArray();
        var wires = Enumerable.Range(0, at.Options.Connections).Select(_ => (Wire: new Wire(app.Port), Request: new byte[8_192])).ToList();
        foreach (var (wire, _) in wires) await wire.Connect(stop);

        Pay Nothing(int n) => _ => wires[n].Wire.Ask(empty);
        Pay Look(int n) => random =>
        {
            var (wire, request) = wires[n];
            var (head, body) = (heads[n % heads.Length], looks[random.Next(looks.Length)]);
            head.CopyTo(request, 0);
            body.CopyTo(request, head.Length);
            return wire.Ask(request.AsMemory(0, head.Length + body.Length));
        };

        var cpu = new CpuTime(at.ServerProcess, app.Id);
        var (round, ratios) = (0, new List<double>());
        // A fresh process runs code that is not optimised yet, and knows no certificate.
        for (var warm = 0; warm < MostWarmings; warm++)
        {
            await new Drive(wires.Count, Nothing, ++round, at.Clock).For(WarmSeconds, stop);
            await new Drive(wires.Count, Look, ++round, at.Clock).For(WarmSeconds, stop);
        }
        for (var turn = 0; turn < at.Options.Rounds; turn++)
        {
            var (nothing, look) = (new Drive(wires.Count, Nothing, ++round, at.Clock), new Drive(wires.Count, Look, ++round, at.Clock));
            var start = cpu.Now();
            await nothing.For(at.Options.Seconds, stop);
            var between = cpu.Now();
            await look.For(at.Options.Seconds, stop);
            var (ofNothing, ofLook) = (between - start, cpu.Now() - between);
            Must.Hold(look.Refusals.Count == 0 && nothing.Refusals.Count == 0, $"nothing is refused: {string.Join(' ', look.Refusals.Concat(nothing.Refusals))}");
            ratios.Add(look.PerSecond / nothing.PerSecond);
            await at.Say($"processor for an empty call {ofNothing.Each(nothing.Accepted)}, for a look-up {ofLook.Each(look.Accepted)}");
            await at.Say($"an empty call {nothing.PerSecond:#,0}/s, p50 {nothing.Latencies.Quantile(0.5):0.0} ms, p99 {nothing.Latencies.Quantile(0.99):0.0} ms; a look-up {look.PerSecond:#,0}/s, p50 {look.Latencies.Quantile(0.5):0.0} ms, p99 {look.Latencies.Quantile(0.99):0.0} ms: {100 * ratios[^1]:0.0} %");
        }
        await at.Say($"look-ups at {100 * ratios.Order().ElementAt((ratios.Count - 1) / 2):0.0} % of an empty call (bar: 60 %), {wires.Count:#,0} connections");
        foreach (var (wire, _) in wires) wire.Dispose();
    }

    private static async Task<ServiceProviderId> Provider(Workplace at, CancellationToken stop)
    {
        var id = Ids.New<ServiceProviderId>(at.Clock);
        var saved = await at.Get<OfficeProviders>().Save(await at.Staff(Role.TerminalAdmin), id, new ProviderEntry("A1", "library", "市立図書館", 6, 10, Letters: false), stop);
        Must.Hold(saved.Ok, $"a library is registered: {saved.Refused}");
        return id;
    }

    private static async Task<List<string>> Enrol(Workplace at, ServiceProviderId provider, CancellationToken stop)
    {
        var (staff, cookies) = (await at.Staff(Role.TerminalAdmin), new List<string>());
        for (var i = 0; i < Devices; i++)
        {
            var given = await at.Get<OfficeProviders>().AddDevice(staff, provider, (Ids.New<TerminalId>(at.Clock), "カウンター", "library_counter"), stop);
            cookies.Add((await at.Get<EnrolTerminal>().Enrol(given.Value.Code, "204816", new ClientNetwork("192.0.2.0/24"), stop)).Value.Token);
        }
        return cookies;
    }

    private static async Task<List<(CitizenId Citizen, string Certificate)>> Issue(Workplace at, NationalAuthority authority, CancellationToken stop)
    {
        using var key = RSA.Create(2048);
        var (people, now) = (new List<(CitizenId, string)>(), at.Clock.NowMs());
        for (var i = 0; i < Math.Min(People, at.Size); i++)
        {
            using var card = authority.Issue(new CertificateProfile { PublicKey = new PublicKey(key) });
            var certificate = new AuthCertificate(card.Authority, card.Serial, at.Clock.GetUtcNow(), at.Clock.GetUtcNow().AddYears(5));
            var session = new Session(SessionKind.Citizen, Assurance.A3, null, null, null, certificate, now, 0, long.MaxValue);
            people.Add(((await at.Get<IssueMyKeyId>().Issue(session, IssueMode.Generate, null, stop)).Value.Citizen, Base64Url.EncodeToString(card.CertificateDer)));
        }
        return people;
    }

    private static async Task Link(Workplace at, ServiceProviderId provider, IReadOnlyList<(CitizenId Citizen, string Certificate)> people, CancellationToken stop)
    {
        await using var connection = (NpgsqlConnection)await at.Database.Open(stop);
        await using var copy = await connection.BeginBinaryImportAsync("copy lib_link(bucket, citizen, provider, number, notice, made_ms) from stdin (format binary)", stop);
        for (var i = 0; i < at.Size; i++)
        {
            var citizen = i < people.Count ? people[i].Citizen.Value : Ids.NewRandom<CitizenId>().Value;
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(Buckets.Default.Of(citizen), NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(citizen, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(provider.Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(Run.Text($"{100_000_000 + i}"), NpgsqlDbType.Text, stop);
            await copy.WriteAsync(0, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(at.Clock.NowMs(), NpgsqlDbType.Bigint, stop);
        }
        await copy.CompleteAsync(stop);
    }
}
