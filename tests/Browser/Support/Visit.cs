using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Tests.Support;

namespace MyKey.Browser.Support;

/// <summary>
/// One person at one browser, watched: what the console says (a breach of the content policy appears there) and which addresses are
/// asked for. Begin with <see cref="Begin"/>, end a journey with <see cref="Looks"/> on each page that matters.
/// </summary>
public sealed class Visit : IAsyncDisposable
{
    public const int Phone = 390;
    public const int Desk = 1280;

    /// <summary>The least that a page must fit into, and what a desk's window is at 400 % (WCAG 2.2, 1.4.10).</summary>
    public const int Narrow = 320;

    /// <summary>Pages that the rules have seen, with the width.</summary>
    private static readonly ConcurrentDictionary<string, int> Judged = new();

    private readonly TestApp app;
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = new();
    private readonly ConcurrentQueue<string> strangers = new();
    private readonly string? agent;

    private Visit(TestApp app, IBrowserContext context, IPage page, string? agent)
    {
        (this.app, this.context, Page, this.agent) = (app, context, page, agent);
        context.Console += (_, said) => Note(said);
        context.WebError += (_, error) => complaints.Enqueue(error.Error);
        context.Request += (_, request) => Note(request);
    }

    public IPage Page { get; }

    /// <param name="script">False for people without JavaScript: everything has to work all the same.</param>
    /// <param name="agent">Address of the card agent on the person's machine: no stranger.</param>
    public static async Task<Visit> Begin(TestApp app, int width = Desk, bool script = true, string? agent = null)
    {
        var context = await Chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = app.Site.ToString(), Locale = "ja-JP", TimezoneId = "Asia/Tokyo", JavaScriptEnabled = script,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        });
        return new Visit(app, context, await context.NewPageAsync(), agent);
    }

    /// <summary>Opens a page; an error page is an answer like any other.</summary>
    public async Task<int> Open(string path) => (await Page.GotoAsync(path))!.Status;

    /// <summary>One of the staff comes in: number and password, then the number of the app.</summary>
    /// <param name="shell"><c>office</c> or <c>operator</c>.</param>
    public async Task LogIn(string shell, string number, StaffDesk desk)
    {
        await Open($"/{shell}");
        await Page.GetByLabel("職員番号").FillAsync(number);
        await Page.GetByLabel("パスワード").FillAsync(StaffDesk.Password);
        await Press(Page, "次へ");
        await Page.GetByLabel("アプリの番号").FillAsync(desk.Code(number));
        await Press(Page, "ログイン");
        await Arrive(Page, $"**/{shell}");
    }

    /// <summary>
    /// Waits until the page is at an address such as <c>**/my/done/*</c>, and there. Playwright's own wait also asks for the browser's load event, which is
    /// missed when one page follows another at once.
    /// </summary>
    public static async Task Arrive(IPage page, string address)
    {
        var pattern = Regex.Escape(address).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"^{pattern}$"), new() { Timeout = 30_000 });
        await page.Locator("h1").First.WaitForAsync();
    }

    public static Task Press(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Goes to a page of staff by their menu, which is opened first where it is closed.</summary>
    public static async Task Menu(IPage page, string word)
    {
        var menu = page.GetByRole(AriaRole.Navigation, new() { Name = "業務メニュー" });
        var closed = menu.GetByText("メニュー", new() { Exact = true });
        if (await closed.IsVisibleAsync()) await closed.ClickAsync();
        await menu.GetByRole(AriaRole.Link, new() { Name = word, Exact = true }).ClickAsync();
    }

    /// <summary>
    /// The page as it must be: no rule of WCAG 2.2 AA broken, no complaint in the console, nothing asked from anybody else, nothing wider than the window, one h1.
    /// Who walks with a telephone sees each page at the width of a desk, too, and everybody at 320 px: one journey is enough for all. Pictures go to artifacts/screens.
    /// </summary>
    public async Task Looks(string name)
    {
        var own = Page.ViewportSize!;
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
        await Fits(name);
        foreach (var width in own.Width == Phone ? [Desk, Narrow] : new[] { Narrow })
        {
            await Page.SetViewportSizeAsync(width, own.Height);
            await Fits(name);
        }
        await Page.SetViewportSizeAsync(own.Width, own.Height);
        // The rules take longer than all the rest; the widths differ in what overflows, which was looked at above.
        if (Judged.TryAdd(name, own.Width) || Judged[name] == own.Width) await Axe.Judge(Page);
        Quiet();
    }

    public static async Task Picture(IPage page, string name)
    {
        if (Machine) return;
        await Keep($"{name}-{page.ViewportSize!.Width}", await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true }));
    }

    /// <summary>For people to look at, so a run by a machine (<c>CI</c>) keeps none.</summary>
    public static async Task Keep(string name, byte[] png)
    {
        if (Machine) return;
        var folder = Directory.CreateDirectory(Path.Combine(Golden.Repository, "artifacts", "screens"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{name}.png"), png);
    }

    private static bool Machine => Environment.GetEnvironmentVariable("CI") is not null;

    private async Task Fits(string name)
    {
        await Picture(Page, name);
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{name} is wider than {Page.ViewportSize!.Width} px");
    }

    /// <summary>Nothing complained of, nobody else asked.</summary>
    public void Quiet()
    {
        Assert.Empty(complaints);
        Assert.Empty(strangers);
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private void Note(IConsoleMessage said)
    {
        // The browser reports the status of a page itself; a page that says no is meant to.
        if (said.Type is "error" or "warning" && !said.Text.StartsWith("Failed to load resource: the server responded with a status", StringComparison.Ordinal))
            complaints.Enqueue(said.Text);
    }

    private void Note(IRequest request)
    {
        if (agent is not null && request.Url.StartsWith(agent + "/", StringComparison.Ordinal)) return;
        if (!request.Url.StartsWith(app.Site.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            strangers.Enqueue(request.Url);
    }
}
