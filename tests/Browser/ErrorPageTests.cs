using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MyKey.App.Shared.Refusals;
using MyKey.Browser.Support;
using MyKey.Kernel;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: each page that says no helps, and looks as if it belonged there.</summary>
public class ErrorPageTests
{
    private static void Endpoints(WebApplication app)
    {
        app.MapGet("/my/boom", () => { throw new InvalidOperationException("planted"); });
        app.MapGet("/my/expired", (HttpContext c) => c.Refuse(Refusal.Of("session_expired")));
        app.MapGet("/office/forbidden", (HttpContext c) => c.Refuse(Refusal.Of("role_forbidden")));
        app.MapGet("/terminal/busy", (HttpContext c) => c.Refuse(Refusal.Of("busy")));
    }

    [Theory]
    [InlineData("/no/such/page", 404, "not-found", "/"), InlineData("/my/boom", 500, "fault", "/"), InlineData("/my/expired", 401, "session-expired", "/")]
    [InlineData("/office/forbidden", 403, "no-permission", "/office/login"), InlineData("/terminal/busy", 503, "busy", "/terminal"), InlineData("/operator/no-such", 404, "not-found-operator", "/operator/login")]
    public async Task Each_error_page_helps(string path, int status, string name, string home)
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        await using var visit = await Visit.Begin(app, Visit.Phone);

        Assert.Equal(status, await visit.Open(path));

        Assert.Matches("E-[0-9]{8}-[0-9A-Z]{7}", await visit.Page.Locator(".reference").InnerTextAsync());
        await visit.Looks($"error-{name}");
        await visit.Page.Locator("a.button", new() { HasText = home == "/" ? "はじめのページへ" : "はじめの画面へ" }).ClickAsync();
        Assert.Equal(home, new Uri(visit.Page.Url).AbsolutePath);
    }
}
