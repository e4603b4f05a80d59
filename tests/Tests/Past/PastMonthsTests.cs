using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Settlement;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Past;
using MyKey.Sandbox.Demo;
using MyKey.Tests.Support;

namespace MyKey.Tests.Past;

/// <summary>Goal: whoever tries MyKey finds months that are over, with everything that there is to settle.</summary>
public class PastMonthsTests
{
    [Fact]
    public async Task S2_P6e_two_months_are_over_when_the_app_of_today_comes()
    {
        await using var database = await TestDatabase.New(Engine.Sqlite);
        var (port, sandbox, folder) = (TemporaryPostgres.FreePort(), TemporaryPostgres.FreePort(), Directory.CreateTempSubdirectory("mykey-past-").FullName);
        Assert.True(await Play(database, (port, sandbox), folder));
        Assert.False(await Play(database, (port, sandbox), folder));

        // In the first hour of a month the last one is not closed yet.
        var today = TimeProvider.System.Today();
        await using var app = await TestApp.Over(database, change: builder => builder.Services.AddSingleton<TimeProvider>(new TestClock(Jst.EndOf(new DateOnly(today.Year, today.Month, 15)))));
        while (await app.Services.GetRequiredService<CloseMonths>().Step(Actor.Job("settle-months")) is not null)
        {
        }

        var town = MunicipalityCode.Of(DemoTown.A);
        var months = (await app.Services.GetRequiredService<FindMonths>().Closed()).Select(m => m.Month).OrderBy(m => m.Number).ToList();
        Assert.Equal(2, months.Count);
        Assert.Equal(SettlementMonth.Of(today), months[^1].Next);
        var (statements, claims) = (app.Services.GetRequiredService<FindStatements>(), app.Services.GetRequiredService<FindClaims>());
        foreach (var (month, opening, undone) in new[] { (months[0], 0, 0), (months[1], 1_000, -50) })
        {
            var statement = Assert.Single(await statements.Of(town, month));
            Assert.Equal((opening, 1_000L), (statement.Opening, statement.Exchanged));
            var owed = await claims.Of(town, month, Guid.Empty);
            Assert.Equal((3_110L, (long)undone), (owed.Sum(c => c.Used), owed.Sum(c => c.Undone)));
            Assert.Equal((2, 1), (owed.Count(c => c.State == ClaimState.Claimed), owed.Count(c => c.State == ClaimState.Internal)));
        }
        var open = await app.Services.GetRequiredService<OpenData>().Months();
        Assert.All(months, m => Assert.Equal((4_000 + 1_000, 3), (Assert.Single(open.Of(m)).Given!.Value, Assert.Single(open.Of(m)).Acceptors!.Value)));
        foreach (var part in app.Services.GetServices<RowAuditPart>()) Assert.Null((await part.Run(CancellationToken.None)).Broken);
    }

    private static Task<bool> Play(TestDatabase database, (int Site, int Sandbox) ports, string folder)
    {
        var (site, jpki) = ($"http://mykey.localhost:{ports.Site}", $"http://jpki.localhost:{ports.Sandbox}");
        return new PastMonths(new Uri(site), ports.Sandbox).Play(
            [$"--Sandbox:Authority:Folder={folder}", $"--Cards:Folder={folder}/cards", "--Cards:ReaderPort=0", $"--Mail:Port={TemporaryPostgres.FreePort()}", $"--Partners:Site={site}", $"--Partners:Books={folder}/partners.json", "--Online:Books=", "--PaymentServices:Books="],
            [$"--MyKey:Database={database.ConnectionString}", "--MyKey:PublicCacheMs=0", $"--MyKey:Card:Anchors={folder}/anchors.pem", $"--MyKey:Card:Addresses={jpki}/", .. Enumerable.Range(1, 3).Select(n => $"--MyKey:Card:Crl:{n}={jpki}/crl/{n}.crl")],
            Path.Combine(folder, "authenticators.json"), TestContext.Current.CancellationToken);
    }
}
