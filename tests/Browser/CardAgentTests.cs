using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.CardAgent;
using MyKey.Kernel.Cards;
using MyKey.Tests.CardAgent;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: the agent's pages in a real browser: the way there and back under a strict policy, and no way in for other sites.</summary>
public sealed class CardAgentTests : IAsyncLifetime
{
    private readonly int port = TemporaryPostgres.FreePort();
    private readonly List<string> complaints = [];
    private WebApplication site = null!;
    private TestAgent agent = null!;
    private IBrowserContext context = null!;
    private IPage page = null!;

    private string Origin => $"http://site.localhost:{port}";

    private string Ask => $"{agent.Self}/sign{(TestAgent.Login with { Origin = Origin }).ToQuery()}";

    public async ValueTask InitializeAsync()
    {
        agent = await TestAgent.Start(TestCards.New(), configure: o =>
        {
            o.TapWaitMs = 25_000;
            o.Sites.Add(new KnownSite { Origin = Origin, Address = $"127.0.0.1:{port}" });
        });
        site = Site();
        await site.StartAsync();
        context = await Chromium.Browser.NewContextAsync(new() { Locale = "ja-JP", ViewportSize = new() { Width = Visit.Desk, Height = 800 } });
        context.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning" && !said.Text.StartsWith("Failed to load resource: the server responded with a status", StringComparison.Ordinal)) complaints.Add(said.Text);
        };
        page = await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await site.DisposeAsync();
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task S4_02_From_the_site_to_the_PIN_and_back()
    {
        await page.GotoAsync(Origin);
        await page.GetByRole(AriaRole.Link, new() { Name = "カードでログイン" }).ClickAsync();
        await Looks("agent-pin");
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync("0000");
        await page.GetByRole(AriaRole.Button, new() { Name = "ログインする" }).ClickAsync();
        await Looks("agent-pin-wrong");
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await page.GetByRole(AriaRole.Button, new() { Name = "ログインする" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync($"{Origin}/card/return?code={TestAgent.Code}", new() { Timeout = 30_000 });
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task S2_P16_Giving_up_leads_back_and_a_card_put_on_leads_forward()
    {
        agent.Put(null);
        // A page with a navigation under way can't be photographed: its waiting is cut off for the picture.
        await page.RouteAsync("**/wait?*", route => route.AbortAsync("aborted"));
        await page.GotoAsync(Ask);
        await Looks("agent-no-card");
        await page.UnrouteAllAsync();
        await page.GotoAsync(Ask);
        agent.Put(TestCards.New());
        await page.GetByLabel("利用者証明用の暗証番号").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "やめて戻る" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync($"{Origin}/card/return?challengeId=challenge-1&state=cancelled", new() { Timeout = 30_000 });
        Assert.Equal(3, agent.Card.File.Tries);
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task S1_05a_The_other_states(int width)
    {
        await page.SetViewportSizeAsync(width, 800);
        agent.Put(TestCards.New(tries: 1));
        await page.GotoAsync(Ask);
        await Looks("agent-last-try");
        await page.GetByRole(AriaRole.Button, new() { Name = "あと1回でも入れる" }).ClickAsync();
        await page.GetByLabel("利用者証明用の暗証番号").FillAsync("0000");
        await page.GetByRole(AriaRole.Button, new() { Name = "ログインする" }).ClickAsync();
        await Looks("agent-locked");
        await page.GotoAsync(agent.Self + "/sign?origin=https://unknown.example");
        await Looks("agent-unknown");
        await page.GotoAsync(agent.Self + "/");
        await Looks("agent-start");
    }

    [Fact]
    public async Task S1_05a_No_other_site_makes_the_agent_try_a_PIN()
    {
        // The person has the page for the PIN open in one tab and an evil site in the other.
        await page.GotoAsync(Ask);
        var evil = await context.NewPageAsync();
        await evil.GotoAsync($"http://evil.localhost:{port}/evil");
        await evil.EvaluateAsync("""
            async agent => {
              const body = 'token=AAAAAAAAAAAAAAAAAAAAAA&pin=0000';
              const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
              for (const mode of ['no-cors', 'cors'])
                try { await fetch(agent + '/pin', { method: 'POST', mode, headers: type, body }); } catch { }
              navigator.sendBeacon(agent + '/pin', new URLSearchParams(body));
            }
            """, agent.Self);
        await evil.GetByRole(AriaRole.Button).ClickAsync();
        await evil.GetByText("この頼みは受けられません").WaitForAsync();
        Assert.Equal(3, agent.Card.File.Tries);

        await evil.GotoAsync($"http://evil.localhost:{port}/frame");
        Assert.DoesNotContain(evil.Frames, f => f.Url.StartsWith(agent.Self + "/sign", StringComparison.Ordinal));

        await page.GetByLabel("利用者証明用の暗証番号").FillAsync(TestCards.Pin);
        await page.GetByRole(AriaRole.Button, new() { Name = "ログインする" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync($"{Origin}/card/return?code={TestAgent.Code}", new() { Timeout = 30_000 });
    }

    private WebApplication Site()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        IResult Html(HttpContext web, string policy, string body)
        {
            web.Response.Headers.ContentSecurityPolicy = policy;
            return Results.Content($"<!doctype html><html lang=ja><title>site</title><link rel=icon href=data:,>{body}", "text/html; charset=utf-8");
        }
        app.MapGet("/", (HttpContext web) => Html(web, "default-src 'self'; img-src data:; form-action 'self'", $"<a href=\"{WebUtility.HtmlEncode(Ask)}\">カードでログイン</a>"));
        app.MapGet("/card/return", (HttpContext web) => Html(web, "default-src 'self'; img-src data:", "<h1>戻りました</h1>"));
        app.MapPost("/card/answers", () => Results.Json(new { code = TestAgent.Code }, statusCode: 201));
        app.MapGet("/evil", (HttpContext web) => Html(web, "default-src * 'unsafe-inline'",
            $"<form method=post action=\"{agent.Self}/pin\"><input name=token value=AAAAAAAAAAAAAAAAAAAAAA><input name=pin value=0000><button>プレゼント</button></form>"));
        app.MapGet("/frame", (HttpContext web) => Html(web, "default-src * 'unsafe-inline'", $"<iframe src=\"{WebUtility.HtmlEncode(Ask)}\"></iframe>"));
        return app;
    }

    private async Task Looks(string name)
    {
        await Visit.Picture(page, name);
        Assert.Equal(1, await page.Locator("h1").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{name} is too wide");
        await Axe.Judge(page);
        Assert.Empty(complaints);
    }
}
