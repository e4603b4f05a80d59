using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MyKey.Identity.Certificates.Crl;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Kernel.Db;
using MyKey.Kernel.Net;
using MyKey.Sandbox.Authority;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: lists and lineage come over real HTTP from the sandbox authority, under its host name on this machine.</summary>
public class FetchTests
{
    private static readonly NationalAuthority Authority = CertificateRig.Authority;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_revocation_reaches_the_rules_with_the_next_fetch(Engine engine)
    {
        await using var server = await Server.Start();
        await using var rig = await CertificateRig.New(engine);
        using var card = Authority.Issue();
        var fetch = server.Fetch(rig, "crl/1.crl", "crl/2.crl", "crl/3.crl");

        Assert.All(await fetch.Run(CancellationToken.None), v => Assert.Equal(CrlVerdict.Loaded, v.Verdict));
        Assert.Null((await rig.Identify(card.CertificateDer)).Refused);
        Authority.Revoke(card.Authority, card.Serial, X509RevocationReason.KeyCompromise);
        await fetch.Run(CancellationToken.None);
        Assert.Equal("cert_revoked", (await rig.Identify(card.CertificateDer)).Refused?.Code);
    }

    [Fact]
    public async Task A_list_that_cannot_be_had_leaves_the_others()
    {
        await using var server = await Server.Start();
        await using var rig = await CertificateRig.New();
        var fetch = server.Fetch(rig, "crl/9.crl", "moved", "endless", "long", "broken", "crl/2.crl");

        var verdicts = await fetch.Run(CancellationToken.None);

        Assert.Equal([CrlVerdict.Unreachable, CrlVerdict.Unreachable, CrlVerdict.TooLarge, CrlVerdict.TooLarge, CrlVerdict.Unreachable, CrlVerdict.Loaded], verdicts.Select(v => v.Verdict));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        await using var server = await Server.Start();
        await using var rig = await CertificateRig.New();
        var running = server.Fetch(rig, "silent").Run(CancellationToken.None);
        await rig.Clock.WaitedFor(TimeSpan.FromMinutes(1));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CrlVerdict.Unreachable, Assert.Single(await running).Verdict);
    }

    [Fact]
    public async Task S0_4029_the_authority_tells_the_predecessor_and_the_cause()
    {
        await using var server = await Server.Start();
        var lineage = new HttpSerialLineage(server.Http, server.Url(""), TimeProvider.System);
        using var first = Authority.Issue();
        using var second = Authority.Renew(first);
        using var third = Authority.Reissue(second, NationalAuthority.Next);

        Assert.Equal(LineageAnswer.First, await lineage.Before(first.Authority, first.Serial, CancellationToken.None));
        Assert.Equal(new LineageAnswer(LineageState.Succeeds, first.Authority, first.Serial, LineageCause.Renewed), await lineage.Before(second.Authority, second.Serial, CancellationToken.None));
        Assert.Equal(new LineageAnswer(LineageState.Succeeds, second.Authority, second.Serial, LineageCause.Reissued), await lineage.Before(third.Authority, third.Serial, CancellationToken.None));
        Assert.Equal(LineageAnswer.Unknown, await lineage.Before(first.Authority, "1234", CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("<html></html>")]
    [InlineData("""{"cause":"renewed"}""")]
    [InlineData("""{"cause":"first","predecessor":{"authority":"aa","serial":"01"}}""")]
    [InlineData("""{"cause":"renewed","predecessor":{"authority":"aa","serial":"01"}}""")]
    [InlineData("""{"cause":"guessed","predecessor":null}""")]
    public async Task S0_4029_an_answer_that_makes_no_sense_is_none(string body)
    {
        await using var server = await Server.Start(body);
        var lineage = new HttpSerialLineage(server.Http, server.Url("odd/"), TimeProvider.System);
        Assert.Equal(LineageAnswer.Unknown, await lineage.Before(new string('a', 64), "01", CancellationToken.None));
    }

    [Fact]
    public void S0_4029_lineage_is_not_asked_over_an_open_line()
    {
        using var http = new HttpClient(LoopbackHosts.Handler());
        Assert.Throws<ArgumentException>(() => new HttpSerialLineage(http, new Uri("http://authority.example/"), TimeProvider.System));
    }

    private sealed class Server(WebApplication app, int port) : IAsyncDisposable
    {

        public HttpClient Http { get; } = new(LoopbackHosts.Handler());

        public static async Task<Server> Start(string odd = "")
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            app.MapAuthority(Authority);
            app.MapGet("/moved", () => Results.Redirect("/crl/2.crl"));
            app.MapGet("/long", () => Results.Bytes(new byte[50_000]));
            app.MapGet("/endless", (HttpContext http) => Endless(http));
            app.MapGet("/broken", async (HttpContext http) => { http.Response.ContentLength = 1000; await http.Response.Body.WriteAsync(new byte[10]); http.Abort(); });
            app.MapGet("/silent", (HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
            app.MapGet("/odd/lineage/{authority}/{serial}", () => Results.Text(odd, "application/json"));
            await app.StartAsync();
            return new Server(app, new Uri(app.Urls.Single()).Port);
        }

        public Uri Url(string path) => new($"http://{AuthorityEndpoints.Host}:{port}/{path}");

        public FetchCrl Fetch(CertificateRig rig, params string[] paths) =>
            new(new CrlSources([.. paths.Select(Url)], LargestBytes: 40_000), Http, rig.Load, rig.Clock, NullLogger<FetchCrl>.Instance);

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }

        private static async Task Endless(HttpContext http)
        {
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(new byte[10_000]);
        }
    }
}
