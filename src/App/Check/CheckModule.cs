using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Check;

/// <summary>事前チェック: whether this machine can be used with a card, and the preparation software to download (group X).</summary>
public static class CheckModule
{
    public static void AddCheck(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(builder.Configuration.GetSection("MyKey:Downloads").Get<DownloadOptions>() ?? new DownloadOptions()).AddSingleton<Downloads>();
    }

    public static void MapCheck(this WebApplication app)
    {
        app.MapGet("/check/start", Start).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/downloads/{name}", File).RequireRateLimiting(RateLimits.Anonymous);
    }

    /// <summary>Off to the agent, with a cookie that has to come back.</summary>
    private static void Start(HttpContext context, CardOptions options)
    {
        ShellCookie.Checking.Set(context, "1", TimeSpan.FromMinutes(10));
        context.SeeOther($"{options.Agent}/check?origin={Uri.EscapeDataString(CardEndpoints.Origin(context))}");
    }

    private static async Task<IResult> File(string name, HttpContext context, Downloads downloads)
    {
        if (downloads.Find(name) is { } found) return Results.File(found.Path, "application/octet-stream", found.Name, enableRangeProcessing: true);
        await context.Refuse(Refusal.Of("not_found"), new NextStep("準備ソフトを入れる", "/downloads"));
        return Results.Empty;
    }
}
