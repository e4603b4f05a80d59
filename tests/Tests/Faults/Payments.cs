using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>One payment that a terminal insists on: the same id until it has an answer.</summary>
public sealed record Payment(Guid Id, string Token, long Amount);

/// <summary>
/// Payments of some citizens at one terminal over HTTP: whatever happens to the processes, each is asked for again under its id until it is
/// answered, and the first answer is kept.
/// </summary>
public sealed class Payments : IDisposable
{
    private const int Citizens = 6;
    private const int Each = 25;
    private const int Clients = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<Guid, string> answers = new();
    private readonly ConcurrentDictionary<string, int> refusals = new();
    private readonly HttpClient client;
    private readonly IReadOnlyList<Payment> all;

    private Payments(string cookie, IReadOnlyList<Payment> all)
    {
        this.all = all;
        client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={cookie}");
    }

    public int Answered => answers.Count;

    /// <summary>How often each code was the answer on the way.</summary>
    public IReadOnlyDictionary<string, int> Refusals => refusals;

    /// <summary>Called after each first answer with the number of answers so far.</summary>
    public Action<int>? OnAnswer { get; set; }

    public static async Task<Payments> Prepare(string database, int seed)
    {
        await using var app = await Startup.Build([$"--MyKey:Database={database}", $"--MyKey:KekFile={AppProcess.KekFile}"]);
        var town = await Town.Build(app.Services);
        var cookie = await town.Terminal(town.Shop);
        var terminal = (await town.Get<FindTerminal>().ByToken(cookie)).Value;
        var random = new Random(seed);
        var all = new List<Payment>();
        for (var c = 0; c < Citizens; c++)
        {
            var id = $"MZ{c:000000}";
            var (citizen, session) = await town.Issue(id, 100 + c);
            await town.Grant(citizen, Town.A, 1000);
            await town.Grant(citizen, Town.A, 1800);
            for (var i = 0; i < Each; i++)
                all.Add(new Payment(Guid.CreateVersion7(), (await town.Get<UseOneTimeCode>().Use(terminal, id, await town.Code(session))).Value, random.Next(1, 100)));
        }
        return new Payments(cookie, [.. all.OrderBy(_ => random.Next())]);
    }

    /// <summary>Pays everything, at one of the ports each, asking again while nobody answers.</summary>
    public Task PayAll(params int[] ports) => Task.WhenAll(Enumerable.Range(0, Clients).Select(async worker =>
    {
        for (var at = worker; at < all.Count; at += Clients) await Insist(all[at], ports[worker % ports.Length]);
    }));

    /// <summary>Pays until the App stops answering.</summary>
    /// <returns>Whether every request was answered, refused or cut off with the connection, and nothing else.</returns>
    public Task PayWhile(Func<bool> goesOn, int port) => Task.WhenAll(Enumerable.Range(0, Clients).Select(async worker =>
    {
        for (var at = worker; at < all.Count && goesOn(); at += Clients)
            if (await Ask(all[at], port) is null) return;
    }));

    /// <summary>Every first answer again: 200 with the same body; each payment stands once; points are neither lost nor made; the audit holds.</summary>
    public async Task MustStandOnce(string database, int port)
    {
        foreach (var payment in all.Where(p => answers.ContainsKey(p.Id)))
        {
            using var again = await Send(payment, port);
            Assert.Equal((HttpStatusCode.OK, answers[payment.Id]), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        }
        await using var app = await Startup.Build([$"--MyKey:Database={database}", $"--MyKey:KekFile={AppProcess.KekFile}"]);
        await using var connection = await app.Services.GetRequiredService<Database>().Open();
        var used = (await connection.QueryAsync<(TransferId Id, long Amount)>("select id, amount from ledger_transfer where kind = 2")).ToList();
        Assert.Equal(used.Count, used.Select(u => u.Id).Distinct().Count());
        Assert.Subset(used.Select(u => u.Id.Value).ToHashSet(), answers.Keys.ToHashSet());
        foreach (var (id, amount) in used) Assert.Equal(all.Single(p => p.Id == id.Value).Amount, amount);
        Assert.Equal(2800 * (Citizens + 1) - used.Sum(u => u.Amount), await connection.ExecuteScalarAsync<long>(
            "select sum(remaining) from ledger_lot where issuer = @A", new { A = Town.A }));
        var report = await app.Services.GetRequiredService<Audit>().Run();
        Assert.True(report.Holds, report.Broken);
    }

    public void MustBeAll() => Assert.Equal(all.Count, Answered);

    public void Dispose() => client.Dispose();

    private async Task Insist(Payment payment, int port)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); await Ask(payment, port) != true; await Task.Delay(20))
            if (since.Elapsed > Patience) throw new TimeoutException($"no answer; refusals so far: {string.Join(' ', refusals)}");
    }

    /// <returns>True: paid. False: refused with <c>unavailable</c>. Null: no answer.</returns>
    private async Task<bool?> Ask(Payment payment, int port)
    {
        try
        {
            using var answer = await Send(payment, port);
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
            {
                if (answers.TryAdd(payment.Id, body)) OnAnswer?.Invoke(answers.Count);
                return true;
            }
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable && body.Contains("\"unavailable\"", StringComparison.Ordinal), $"{(int)answer.StatusCode} {body}");
            Assert.NotNull(answer.Headers.RetryAfter);
            refusals.AddOrUpdate("unavailable", 1, (_, n) => n + 1);
            return false;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    private Task<HttpResponseMessage> Send(Payment payment, int port) => client.PostAsJsonAsync($"http://127.0.0.1:{port}/api/v1/uses",
        new { id = payment.Id, citizenToken = payment.Token, issuer = Town.A.Value, amount = payment.Amount });
}
