using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.Identity.Certificates.Crl;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.MyPage;

namespace MyKey.Tests.Support;

/// <summary>Residents' App that believes the sandbox's authority by its configuration, with the lists of today.</summary>
public sealed class CardTown : IAsyncDisposable
{
    // Making four keys takes longer than a test; each town has books of its own.
    private static readonly Lazy<NationalAuthority> Keys = new(() => NationalAuthority.InMemory(TimeProvider.System));

    private readonly string folder = Directory.CreateTempSubdirectory("mykey-anchors-").FullName;

    private WebApplication service = null!;

    private CardTown()
    {
    }

    public NationalAuthority Authority { get; } = Keys.Value.WithEmptyBooks();

    public Residents Residents { get; private set; } = null!;

    public TestApp App => Residents.App;

    public static async Task<CardTown> Start(Engine engine = Engine.Sqlite, params string[] settings)
    {
        var town = new CardTown();
        var file = Path.Combine(town.folder, "anchors.pem");
        await File.WriteAllTextAsync(file, town.Authority.AnchorsPem());
        var lineage = await town.Serve();
        town.Residents = await Residents.Start(engine, settings: [$"MyKey:Card:Anchors={file}", $"MyKey:Card:Lineage={lineage}", "MyKey:Limits:AttemptsPerMinute=1000", .. settings]);
        await town.LoadLists();
        return town;
    }

    /// <summary>The authority's lineage service, spoken to over HTTP.</summary>
    private async Task<Uri> Serve()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        service = builder.Build();
        service.MapAuthority(Authority);
        await service.StartAsync();
        return new Uri($"http://{AuthorityEndpoints.Host}:{new Uri(service.Urls.First()).Port}/");
    }

    public async Task LoadLists()
    {
        for (var generation = 1; generation <= Authority.UserAuthentication.Count; generation++)
            Assert.Equal(CrlVerdict.Loaded, await App.Services.GetRequiredService<LoadCrl>().Load(Authority.Crl(generation), TestContext.Current.CancellationToken));
    }

    /// <summary>The next run of the job, without its wait.</summary>
    public Task<JobResult> RunCrlJob() =>
        App.Services.GetServices<IJob>().Single(j => j.Name == "fetch-crl").Run(new JobRun("fetch-crl", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

    public CardBrowser Browser() => new(App.Site);

    /// <summary>Somebody who came with this card before and made an ID.</summary>
    public async Task<CitizenId> Resident(SandboxCard card, string myKeyId)
    {
        using var browser = Browser();
        await browser.Login(card);
        var made = await Residents.Send(browser.Client, "/my/start", ("MyKeyId", myKeyId), ("Town", Residents.A.Value), ("Password", Residents.Password));
        Assert.Equal("/my?id=show", made.Headers.Location?.OriginalString);
        return (await App.Services.GetRequiredService<FindCitizen>().ById(MyKeyId.Read(myKeyId).Value))!.Id;
    }

    public async ValueTask DisposeAsync()
    {
        await Residents.DisposeAsync();
        await service.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
