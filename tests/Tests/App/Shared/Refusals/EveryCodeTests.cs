using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Refusals;

/// <summary>Goal: each code of the closed list is told whole on a page of every audience and over the API: what happened, which rule, what next, with its facts filled in.</summary>
public partial class EveryCodeTests
{
    [Fact]
    public async Task Every_code_is_told_on_a_page_and_over_the_API()
    {
        await using var app = await TestApp.Start(["MyKey:Limits:AnonymousPerMinute=100000"], endpoints: Endpoints);
        using var client = app.Client();
        foreach (var text in RefusalText.All)
        {
            var (what, rule, next) = Sample(text.Code).Sentences();
            Assert.DoesNotContain("{", $"{what}{rule}{next}", StringComparison.Ordinal);
            foreach (var shell in new[] { "", "/terminal", "/office", "/operator" })
            {
                var answer = await client.GetAsync($"{shell}/refuse/{text.Code}");
                Assert.Equal((text.Code, text.Status), (text.Code, (int)answer.StatusCode));
                var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
                foreach (var said in new[] { what, rule, text.Code }) Assert.Contains(said, page, StringComparison.Ordinal);
            }
            var problem = await client.GetAsync($"/api/v1/refuse/{text.Code}");
            var json = await problem.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((text.Status, text.Code, what, rule, next),
                ((int)problem.StatusCode, json.GetProperty("code").GetString(), json.GetProperty("title").GetString(), json.GetProperty("rule").GetString(), json.GetProperty("detail").GetString()));
        }
    }

    private static void Endpoints(WebApplication app)
    {
        foreach (var shell in new[] { "", "/terminal", "/office", "/operator", "/api/v1" }) app.MapGet($"{shell}/refuse/{{code}}", (HttpContext context, string code) => context.Refuse(Sample(code)));
    }

    /// <summary>With something for each of its placeholders.</summary>
    private static Refusal Sample(string code)
    {
        var text = RefusalText.For(code);
        return Refusal.Of(code, [.. Placeholder().Matches($"{text.What}{text.Rule}{text.Next}").Select(m => m.Groups[1].Value).Distinct().Select(name => (name, (object)1_234L))]);
    }

    [GeneratedRegex(@"\{([a-zA-Z]+)\}")]
    private static partial Regex Placeholder();
}
