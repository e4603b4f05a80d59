using Microsoft.Playwright;
using MyKey.CardAgent;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.CardAgent;
using MyKey.Tests.Support;

namespace MyKey.Browser.Support;

/// <summary>A town with the real agent on a reader, and a browser in front of it.</summary>
public sealed class CardVisit : IAsyncDisposable
{
    private readonly TestAgent agent;

    private CardVisit(TestAgent agent, CardTown town, Visit visit) => (this.agent, Town, Visit) = (agent, town, visit);

    public CardTown Town { get; }

    public Visit Visit { get; }

    public string Agent => agent.Self;

    public static async Task<CardVisit> Begin(int width)
    {
        var port = TemporaryPostgres.FreePort();
        var agent = await TestAgent.Start(configure: o => o.Sites.Add(new KnownSite { Origin = $"http://{TestApp.SiteHost}:{port}", Address = $"127.0.0.1:{port}" }));
        var town = await CardTown.Start(Engine.Sqlite, $"urls=http://127.0.0.1:{port}", $"MyKey:Card:Agent={agent.Self}");
        return new CardVisit(agent, town, await Visit.Begin(town.App, width, agent: agent.Self));
    }

    /// <summary>Lays a card on the reader.</summary>
    public void Put(SandboxCard card) => agent.Put(CardFile.Of("カード", card.CertificateDer, card.RootDer, card.Rsa!, TestCards.Pin));

    /// <param name="prepared">This browser came back from the agent before.</param>
    public async Task LogIn(bool prepared = false)
    {
        var page = Visit.Page;
        await Visit.Open("/my/login");
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでログイン" }).First.ClickAsync();
        if (!prepared) await page.GetByRole(AriaRole.Link, new() { Name = "入っています" }).ClickAsync();
        await Sign(page, "ログインする");
    }

    /// <summary>Types the PIN on the agent's page and presses what it is for.</summary>
    public static async Task Sign(IPage page, string verb)
    {
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await Visit.Press(page, verb);
    }

    public async ValueTask DisposeAsync()
    {
        await Visit.DisposeAsync();
        await Town.DisposeAsync();
        await agent.DisposeAsync();
    }
}
