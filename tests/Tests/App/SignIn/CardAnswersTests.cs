using System.Net;
using System.Text;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: what is not the protocol's JSON is refused before anything looks at it.</summary>
public class CardAnswersTests
{
    private const string Answers = "/card/answers", Taps = "/card/taps";

    [Theory]
    [InlineData(Answers, "", 400, "body_unreadable"), InlineData(Answers, "[]", 400, "body_unreadable"), InlineData(Answers, "null", 400, "body_unreadable")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"AA","signature":"AA"}""", 400, "body_unreadable")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"AA","signature":null,"agentVersion":"1.0.0"}""", 400, "body_unreadable")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"AA","signature":"AA","agentVersion":"1.0.0","pin":"0"}""", 400, "body_unreadable")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"A A","signature":"A!","agentVersion":"1.0.0"}""", 400, "body_unreadable")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"AA==","signature":"AA","agentVersion":"1.0.0"}""", 400, "body_unreadable")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"AA","signature":"AA","agentVersion":"1.0.0"}""", 403, "auth_failed")]
    [InlineData(Taps, """{"tapId":"a","certificate":"AA","signature":"AA","agentVersion":"1.0.0"}""", 400, "body_unreadable")]
    [InlineData(Taps, """{"tapId":"a","certificate":"AA","agentVersion":"1.0.0"}""", 403, "auth_failed")]
    [InlineData(Taps, """{"tapId":"a","certificate":"AA","agentVersion":"0.9.9"}""", 403, "app_outdated"), InlineData(Taps, """{"tapId":"a","certificate":"AA","agentVersion":"new"}""", 403, "app_outdated")]
    [InlineData(Answers, """{"challengeId":"a","certificate":"AA","signature":"AA","agentVersion":"0.9.9"}""", 403, "app_outdated")]
    public async Task Members_are_exactly_those_of_the_protocol(string path, string body, int status, string code)
    {
        await using var town = await CardTown.Start();
        using var client = town.App.Client();
        var answer = await Post(client, path, body);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains($"\"{code}\"", await Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_above_16_KiB_is_too_large()
    {
        await using var town = await CardTown.Start();
        using var client = town.App.Client();
        var answer = await Post(client, Answers, $$"""{"challengeId":"{{new string('a', 16 * 1024)}}","certificate":"AA","signature":"AA","agentVersion":"1.0.0"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("too_large", await Text(answer), StringComparison.Ordinal);
    }

    internal static Task<HttpResponseMessage> Post(HttpClient client, string path, string json) =>
        client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    internal static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();
}
