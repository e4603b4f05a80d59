using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity;
using MyKey.Identity.Challenges;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.SignIn;

/// <summary>The browser's part of docs/card-protocol.md: to the agent with a question, and back with a code.</summary>
public static class CardEndpoints
{
    private const string PreparePath = "/card/prepare";

    private static readonly Purpose[] Askable = [Purpose.Login, Purpose.StepUp];

    public static void MapCards(this WebApplication app)
    {
        app.MapCardAnswers();
        app.MapGet("/card/ask", Ask).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/card/return", Return).RequireRateLimiting(RateLimits.Attempts);
        app.MapGet("/card/start", Start).RequireRateLimiting(RateLimits.Anonymous);
    }

    /// <summary>The link that leads to the agent. A browser that never came back from one is first asked whether there is one.</summary>
    public static string AskPath(Purpose purpose, string? back, bool prepared = false) =>
        $"/card/ask?purpose={purpose.Code}&back={Uri.EscapeDataString(back ?? "")}{(prepared ? "&agent=1" : "")}";

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
        // The same for every tab, so that one tab's question does not take the cookie of another's.
        var cookie = ShellCookie.BeforeLogin.Read(context) is { Length: 43 } kept ? kept : Token.New().Text;
        ShellCookie.BeforeLogin.Set(context, cookie);
        ShellCookie.CardBack.Set(context, CitizenShell.Back(back));
        var challenge = await ask.Sign(new CardQuestion(asked, $"{context.Request.Scheme}://{context.Request.Host}", cookie, []), stop);
        context.SeeOther($"{options.Agent}/sign{challenge.ToQuery()}");
    }

    private static async Task Return(HttpContext context, string? code, string? state, CardReturn back, CancellationToken stop)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        ShellCookie.Prepared.Set(context, "1");
        context.SeeOther(code is null ? CardReturn.WithoutCode(state) : await back.WithCode(context, code, stop));
    }

    private static void Start(HttpContext context)
    {
        ShellCookie.Prepared.Set(context, "1");
        context.SeeOther(CitizenShell.LoginPath);
    }

    private static void SeeOther(this HttpContext context, string location)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = location;
        context.Response.Headers.CacheControl = "no-store";
    }
}
