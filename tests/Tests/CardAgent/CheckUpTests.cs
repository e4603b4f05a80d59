using System.Net;
using MyKey.Kernel.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>Goal: the check says what is there, to known sites only, and costs nothing (docs/card-protocol.md section 5).</summary>
public class CheckUpTests
{
    [Fact]
    public async Task S1_09b_what_is_there_is_told_in_words_of_the_protocol()
    {
        await using var agent = await TestAgent.Start();
        Assert.Equal("card=none", await Card(agent));
        agent.Put(TestCards.New());
        Assert.Equal("card=ok", await Card(agent));
        Assert.Equal(3, agent.Card.File.Tries);
        Assert.Empty(agent.Received);
    }

    [Fact]
    public async Task S1_09b_no_other_site_and_no_script_is_told_anything()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        foreach (var wrong in new[] { "", "?origin=http://evil.example", $"?origin={TestAgent.Origin}&more=1", $"?origin={TestAgent.Origin}&origin={TestAgent.Origin}" })
            Assert.Equal("/sign", (await agent.Open($"/check{wrong}")).Location);
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Open($"/check?origin={TestAgent.Origin}", ("Sec-Fetch-Mode", "cors"))).Status);
    }

    private static async Task<string> Card(TestAgent agent)
    {
        var location = (await agent.Open($"/check?origin={TestAgent.Origin}")).Location!;
        Assert.StartsWith($"{TestAgent.Origin}/check/result?agent=1.0.0&reader=ok&", location, StringComparison.Ordinal);
        return location.Split('&')[^1];
    }
}
