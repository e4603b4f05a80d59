using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: what stands in an address or a form never reaches the log.</summary>
public class LogTests
{
    [Fact]
    public async Task Query_strings_and_bodies_stay_out_of_the_log()
    {
        using var log = new CollectedLog();
        await using var app = await TestApp.Start(change: b => b.Logging.AddProvider(log), endpoints: e =>
        {
            e.MapGet("/boom", () => { throw new InvalidOperationException("planted"); });
            e.MapPost("/api/v1/test/amount", (Amount body) => body.Value);
        });
        using var client = app.Client();
        await client.GetAsync("/?code=SECRET");
        await client.GetAsync("/nowhere/SECRET?code=SECRET");
        await client.GetAsync("/boom?code=SECRET");
        await client.PostAsync("/api/v1/test/amount?code=SECRET", new StringContent("""{"value":"SECRET"}""", Encoding.UTF8, "application/json"));

        Assert.Contains(log.Lines, l => l.Contains("planted", StringComparison.Ordinal) && l.Contains("GET /boom", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, l => l.Contains("SECRET", StringComparison.Ordinal));
    }

    private sealed record Amount(int Value);
}
