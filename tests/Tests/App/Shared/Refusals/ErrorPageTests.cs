using System.Net;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using MyKey.Kernel.RefusalLog;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Refusals;

/// <summary>Goal: wherever a page ends in a "no", a person reads what happened, which rule, what next, in the frame of their shell.</summary>
public class ErrorPageTests
{
    private static void Endpoints(WebApplication app)
    {
        app.MapGet("/boom", () => { throw new InvalidOperationException("planted"); });
        app.MapGet("/terminal/refused", (Microsoft.AspNetCore.Http.HttpContext c) => c.Refuse(Refusal.Of("insufficient_points", ("rest", new MyKey.Kernel.Points(1800))), new NextStep("1,800ポイントを使う", "/terminal/all")));
    }

    [Theory]
    [InlineData("/no/such/page", 404, "見つかりません", "not_found")]
    [InlineData("/boom", 500, "こちらの不具合で、表示できません", "fault")]
    [InlineData("/error/403", 404, "見つかりません", "not_found")]
    public async Task The_page_says_what_happened(string path, int status, string what, string code)
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        using var client = app.Client();
        var answer = await client.GetAsync(path);
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"<h1 id=\"what\">{what}</h1>", page, StringComparison.Ordinal);
        Assert.Contains(code, page, StringComparison.Ordinal);
        Assert.Contains("はじめのページへ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_a_shell_keeps_its_frame_and_offers_the_next_step()
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        using var client = app.Client();
        var answer = await client.GetAsync("/terminal/refused?amount=1801");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("for-terminal", page, StringComparison.Ordinal);
        Assert.Contains("残りは1,800ポイントです", page, StringComparison.Ordinal);
        Assert.Contains("<a class=\"button\" href=\"/terminal/all\">1,800ポイントを使う</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_are_noted_once_and_wrong_addresses_are_not()
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        using var client = app.Client();
        await client.GetAsync("/no/such/page");
        await client.GetAsync("/terminal/refused");
        await client.PostAsync("/", null);

        await app.Services.GetRequiredService<RefusalWriter>().Flush();
        await using var connection = await app.Database.Open();
        var lines = await connection.QueryAsync<(string, string)>("select code, route from log_refusal order by time_ms, id");
        Assert.Equal([("insufficient_points", "/terminal/refused"), ("origin_forbidden", "/")], lines);
    }
}
