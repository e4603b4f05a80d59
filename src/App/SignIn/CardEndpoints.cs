using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Challenges;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.SignIn;

/// <summary>Where the browser of a terminal goes on that comes back from the agent; the slice that asked knows.</summary>
/// <param name="Answered">Uses the code up; gives an address of this site.</param>
/// <param name="Ended">The way on without an answer. The word comes from the browser and chooses a sentence, nothing else.</param>
public sealed record TerminalCardReturn(Func<HttpContext, string, Task<Result<string>>> Answered, Func<AskedQuestion, string?, string> Ended);

/// <summary>One thing that a citizen does with card and PIN bound to it (A4); the slice that asked knows what.</summary>
/// <param name="Answered">Uses the code up and does it; gives an address of this site.</param>
/// <param name="Ended">The way on when the person gave up or was refused; with <c>?card=…</c> behind it.</param>
public sealed record CitizenCardAction(Purpose Purpose, Func<HttpContext, string, Task<Result<string>>> Answered, string Ended)
{
    /// <summary>Where several share a purpose, whether this one is meant; null: the one that takes what no other does.</summary>
    public Func<AskedQuestion, bool>? Takes { get; init; }

    /// <summary>Where the way on depends on what was asked; null: it is always <see cref="Ended"/>.</summary>
    public Func<AskedQuestion, string>? EndedAt { get; init; }

    internal string EndOf(AskedQuestion asked) => EndedAt?.Invoke(asked) ?? Ended;
}

/// <summary>The browser's part of docs/card-protocol.md: to the agent with a question, and back with a code.</summary>
public static class CardEndpoints
{
    private const string PreparePath = "/card/prepare";

    private static readonly Purpose[] Askable = [Purpose.Login, Purpose.StepUp];

    public static void MapCards(this WebApplication app)
    {
        app.MapCardAnswers();
        app.MapPhones();
        app.MapGet("/card/ask", Ask).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/card/return", Return).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/card/start", Start).RequireRateLimiting(RateLimits.Anonymous);
    }

    /// <summary>The link that leads to the agent. A browser that never came back from one is first asked whether there is one.</summary>
    public static string AskPath(Purpose purpose, string? back, bool prepared = false) =>
        $"/card/ask?purpose={purpose.Code}&back={Uri.EscapeDataString(back ?? "")}{(prepared ? "&agent=1" : "")}";

    /// <summary>The next step where a refusal asks for the card: the link to the agent, and back to the page where it goes on.</summary>
    public static NextStep StepUp(string back) => new("カードでたしかめる", AskPath(Purpose.StepUp, back));

    private static async Task Ask(HttpContext context, string? purpose, string? back, string? agent, AskCard ask, CardOptions options, CancellationToken stop)
    {
        if (!options.On)
        {
            await context.Refuse(Refusal.Of("card_unavailable"), new NextStep("ログインの画面へ", CitizenShell.LoginPath));
            return;
        }
        if (Askable.FirstOrDefault(p => p.Code == purpose) is not { } asked)
        {
            await context.Refuse(Refusal.Of("not_found"));
            return;
        }
        if (agent is null && ShellCookie.Prepared.Read(context) is null)
        {
            context.SeeOther($"{PreparePath}?purpose={asked.Code}&back={Uri.EscapeDataString(back ?? "")}");
            return;
        }
        var challenge = await ask.Sign(new CardQuestion(asked, Origin(context), ShellCookie.BeforeLogin.Keep(context), []), stop);
        ShellCookie.CardBack.Set(context, CitizenShell.Back(back));
        context.SeeOther($"{options.Agent}/sign{challenge.ToQuery()}");
    }

    /// <summary>Leads to the agent with a question about one action.</summary>
    /// <returns>The agent's address.</returns>
    public static async Task<string> AskAction(this HttpContext context, Purpose purpose, IReadOnlyList<Detail> details, string binding)
    {
        var (ask, options) = (context.RequestServices.GetRequiredService<AskCard>(), context.RequestServices.GetRequiredService<CardOptions>());
        var challenge = await ask.Sign(new CardQuestion(purpose, Origin(context), ShellCookie.BeforeLogin.Keep(context), details, binding), context.RequestAborted);
        return $"{options.Agent}/sign{challenge.ToQuery()}";
    }

    private static async Task Return(HttpContext context, string? code, string? state, CardReturn back, TerminalCardReturn terminal, IEnumerable<CitizenCardAction> actions, FindQuestion questions, CancellationToken stop)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        ShellCookie.Prepared.Set(context, "1");
        var query = context.Request.Query;
        var asked = code is not null ? await questions.ByCode(code, stop) : await questions.ById(query["challengeId"].FirstOrDefault() ?? query["tapId"], stop);
        if (asked.Terminal is null && Meant(actions, asked) is { } action)
            context.SeeOther(code is null ? Ended(action, asked, state) : await Act(context, action, asked, code));
        else if (asked.Terminal is null) context.SeeOther(code is null ? CardReturn.WithoutCode(state) : await back.WithCode(context, code, stop));
        else context.SeeOther(code is null ? terminal.Ended(asked, state) : await AtTerminal(context, terminal, asked, code));
    }

    private static CitizenCardAction? Meant(IEnumerable<CitizenCardAction> actions, AskedQuestion asked) =>
        actions.Where(a => a.Purpose == asked.Purpose && a.Takes?.Invoke(asked) != false).OrderBy(a => a.Takes is null).FirstOrDefault();

    private static string Ended(CitizenCardAction action, AskedQuestion asked, string? word) => $"{action.EndOf(asked)}?card={(CardReturn.RefusalOf(word) is null ? "cancelled" : word)}";

    private static async Task<string> Act(HttpContext context, CitizenCardAction action, AskedQuestion asked, string code)
    {
        var answered = await action.Answered(context, code);
        if (answered.Refused is not { } no) return answered.Value;
        context.Note(no);
        return no.Code is "login_required" or "session_expired" ? CitizenShell.LoginFor(action.EndOf(asked), expired: true) : Ended(action, asked, no.Code);
    }

    private static async Task<string> AtTerminal(HttpContext context, TerminalCardReturn terminal, AskedQuestion asked, string code)
    {
        var answered = await terminal.Answered(context, code);
        if (answered.Refused is not { } no) return answered.Value;
        context.Note(no);
        return terminal.Ended(asked, no.Code);
    }

    private static void Start(HttpContext context)
    {
        ShellCookie.Prepared.Set(context, "1");
        context.SeeOther(CitizenShell.LoginPath);
    }

    /// <summary>This site as the browser writes it; the host rule has seen to the name.</summary>
    internal static string Origin(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";
}
