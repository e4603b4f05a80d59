using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.RefusalLog;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Refusals;

/// <summary>Goal: a slice returns its result; every "no" and every fault reaches a machine as one kind of problem.</summary>
public class AnswerTests
{
    private static void Endpoints(WebApplication app)
    {
        app.MapPost("/api/v1/test/uses/{id}", (string id, Amount body) => Use(body.Value));
        app.MapGet("/api/v1/test/boom", () => { throw new InvalidOperationException("planted"); });
    }

    private static Answer<Amount> Use(long amount) => amount switch
    {
        > 1800 => Refusal.Of("insufficient_points", ("rest", new MyKey.Kernel.Points(1800))),
        0 => Refusal.Of("busy"),
        _ => Answer.Created<Amount>(new Amount(amount)),
    };

    [Fact]
    public async Task A_value_is_json_with_its_status()
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        var (answer, body) = await Post(app, """{"value":1000}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(1000, body.GetProperty("value").GetInt64());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_refusal_is_a_problem_with_code_words_and_facts_and_one_log_entry(Engine engine)
    {
        await using var app = await TestApp.Start(endpoints: Endpoints, engine: engine);
        var (answer, body) = await Post(app, """{"value":1801}""");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("insufficient_points", body.GetProperty("code").GetString());
        Assert.Equal("/errors#insufficient_points", body.GetProperty("type").GetString());
        Assert.Equal("ポイントが足りません", body.GetProperty("title").GetString());
        Assert.Contains("1,800ポイント", body.GetProperty("rule").GetString(), StringComparison.Ordinal);
        Assert.Equal(1800, body.GetProperty("rest").GetInt64());

        await app.Services.GetRequiredService<RefusalWriter>().Flush();
        await using var connection = await app.Database.Open();
        var line = await connection.QuerySingleAsync<(string Code, string Method, string Route, string Inquiry, int Count)>(
            "select code, method, route, inquiry, count from log_refusal");
        Assert.Equal(("insufficient_points", "POST", "/api/v1/test/uses/{id}", body.GetProperty("inquiry").GetString()!, 1), line);
    }

    [Fact]
    public async Task Busy_says_when_to_come_again()
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        var (answer, _) = await Post(app, """{"value":0}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData("", "application/json", 400, "body_unreadable")]
    [InlineData("{", "application/json", 400, "body_unreadable")]
    [InlineData("[]", "application/json", 400, "body_unreadable")]
    [InlineData("""{"value":"1000"}""", "application/json", 400, "body_unreadable")]
    [InlineData("""{"value":1e99}""", "application/json", 400, "body_unreadable")]
    [InlineData("""{"value":1,"name":"x"}""", "application/json", 422, "field_unknown")]
    [InlineData("\0\u0001", "application/json", 400, "body_unreadable")]
    [InlineData("value=1", "application/x-www-form-urlencoded", 415, "media_type")]
    public async Task Junk_is_a_problem_never_an_empty_answer(string junk, string type, int status, string code)
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        var (answer, body) = await Post(app, junk, type);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task More_than_a_megabyte_is_too_large()
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        var (answer, body) = await Post(app, $$"""{"value":1{{new string(' ', 1024 * 1024)}}}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("too_large", body.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/no-such-thing", 404, "not_found")]
    [InlineData("DELETE", "/api/v1/test/boom", 405, "method_not_allowed")]
    [InlineData("GET", "/api/v1/test/boom", 500, "fault")]
    public async Task What_the_framework_refuses_is_a_problem_too(string method, string path, int status, string code)
    {
        await using var app = await TestApp.Start(endpoints: Endpoints);
        using var client = app.Client(app.Loopback);
        var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.Matches("^E-[0-9]{8}-[0-9A-Z]{7}$", body.GetProperty("inquiry").GetString());
        Assert.DoesNotContain("planted", body.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpResponseMessage Answer, JsonElement Body)> Post(TestApp app, string text, string type = "application/json")
    {
        using var client = app.Client(app.Loopback);
        var answer = await client.PostAsync("/api/v1/test/uses/12345678", new StringContent(text, Encoding.UTF8, type));
        return (answer, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    public sealed record Amount(long Value);
}
