using System.Buffers.Text;
using System.Net;
using MyKey.CardAgent.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>Goal: a card held identifies; no PIN, no signature, once for each time it is put on.</summary>
public class TapTests
{
    private const string Ask = "/tap?origin=" + TestAgent.Origin + "&tapId=tap-1";

    [Fact]
    public async Task The_site_gets_the_certificate_and_nothing_else()
    {
        var file = TestCards.New(tries: 1);
        await using var agent = await TestAgent.Start(file);
        var answer = await agent.Open(Ask);
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        Assert.Equal($"{TestAgent.Origin}/card/return?code={TestAgent.Code}", answer.Location);
        var (path, body) = Assert.Single(agent.Received);
        Assert.Equal("/card/taps", path);
        Assert.Equal(["agentVersion", "certificate", "tapId"], body.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(file.Certificate, Base64Url.DecodeFromChars(body.GetProperty("certificate").GetString()));
        Assert.Equal(1, agent.Card.File.Tries);
    }

    [Fact]
    public async Task S1_15b_A_card_left_on_the_reader_counts_once()
    {
        var file = TestCards.New();
        await using var agent = await TestAgent.Start(file, configure: o => o.TapWaitMs = 500);
        await agent.Open(Ask);
        Assert.EndsWith("/card/return?tapId=tap-1&state=none", (await agent.Open(Ask)).Location, StringComparison.Ordinal);
        agent.Put(file);
        Assert.EndsWith(TestAgent.Code, (await agent.Open(Ask)).Location, StringComparison.Ordinal);
        Assert.Equal(2, agent.Received.Count);
    }

    [Fact]
    public async Task It_holds_its_answer_until_a_card_comes()
    {
        await using var agent = await TestAgent.Start(configure: o => o.TapWaitMs = 20_000);
        var waiting = agent.Open(Ask);
        Assert.False(waiting.IsCompleted);
        agent.Put(TestCards.New());
        Assert.EndsWith(TestAgent.Code, (await waiting).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_went_wrong_stands_in_the_way_back()
    {
        await using var agent = await TestAgent.Start(TestCards.New() with { Certificate = [] });
        Assert.EndsWith("state=cert_missing", (await agent.Open(Ask)).Location, StringComparison.Ordinal);
        agent.Put(TestCards.New());
        agent.SiteAnswer = (403, """{"code":"cert_revoked","title":"","detail":""}""");
        Assert.EndsWith("state=cert_revoked", (await agent.Open(Ask)).Location, StringComparison.Ordinal);
        agent.Put(TestCards.New());
        agent.SiteAnswer = (502, "");
        Assert.EndsWith("state=site_unreachable", (await agent.Open(Ask)).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_reader_it_says_so()
    {
        await using var agent = await TestAgent.Start(around: new Without());
        Assert.EndsWith("state=reader_missing", (await agent.Open(Ask)).Location, StringComparison.Ordinal);
        var page = await agent.Open("/sign" + TestAgent.Login.ToQuery());
        Assert.Contains("カードリーダーが見つかりません", page.Text, StringComparison.Ordinal);
        Assert.False(page.HasPinField);
    }

    [Fact]
    public async Task S1_05a_Work_with_a_mute_card_is_given_up_and_the_next_comes_through()
    {
        using var mute = new Mute();
        await using var agent = await TestAgent.Start(around: mute, configure: o => o.CardPatienceMs = 300);
        var page = await agent.Open("/sign" + TestAgent.Login.ToQuery());
        Assert.Contains("カードを読み取れませんでした", page.Text, StringComparison.Ordinal);
        Assert.Contains("もう一度読み取る", page.Text, StringComparison.Ordinal);
        Assert.Contains("カードを読み取れませんでした", (await agent.Open("/sign" + TestAgent.Login.ToQuery())).Text, StringComparison.Ordinal);
        Assert.Equal(1, mute.Commands);
    }

    /// <summary>A machine without a reader.</summary>
    private sealed class Without : ICardTransport
    {
        public Presence Look() => Presence.NoReader;

        public Presence Wait(Presence seen, int timeoutMs, CancellationToken stop) => Presence.NoReader;

        public ICardLine Open() => throw new CardUnreadable("no reader");
    }

    /// <summary>A card that never answers.</summary>
    private sealed class Mute : ICardTransport, ICardLine
    {
        private readonly ManualResetEventSlim never = new();
        private int commands;

        public int Commands => commands;

        public Presence Look() => Presence.Card("1");

        public Presence Wait(Presence seen, int timeoutMs, CancellationToken stop) => Look();

        public ICardLine Open() => this;

        public byte[] Transmit(ReadOnlySpan<byte> command)
        {
            Interlocked.Increment(ref commands);
            never.Wait();
            throw new CardUnreadable("let go");
        }

        public void Dispose() => never.Set();
    }
}
