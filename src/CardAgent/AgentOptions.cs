using MyKey.Kernel.Cards;
using MyKey.Kernel.Net;

namespace MyKey.CardAgent;

/// <summary>What the agent is started with (section <c>Agent</c>): its port and the sites it answers.</summary>
public sealed class AgentOptions
{
    public int Port { get; set; } = 5070;

    public IList<KnownSite> Sites { get; set; } = [];

    /// <summary>How long a card may take for one piece of work.</summary>
    public int CardPatienceMs { get; set; } = 15_000;

    /// <summary>How long a tap waits for a card.</summary>
    public int TapWaitMs { get; set; } = 25_000;

    /// <summary>Where it keeps its own key, apart from the program: an update does not take it away.</summary>
    public string Folder { get; set; } = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.Create), "mykey-agent");

    /// <summary>Types the number of each card that is put on into the window that has the focus.</summary>
    public bool TypeNumbers { get; set; }

    /// <summary>Where a library's system on this machine finds SIP 2.00; 0: nowhere.</summary>
    public int SipPort { get; set; }

    /// <summary>What that system has to log in with; empty: nothing.</summary>
    public string SipUser { get; set; } = "";

    public string SipPassword { get; set; } = "";

    /// <summary>Sentences for the screen in Japanese, UTF-8; else their codes in ASCII.</summary>
    public bool SipUtf8 { get; set; }

    /// <summary>How long a line may take to come.</summary>
    public int SipIdleMs { get; set; } = 300_000;

    public string Self => $"http://127.0.0.1:{Port}";
}

/// <summary>A site that may ask. Where its name does not resolve, or in tests, <see cref="Address"/> says where it listens: <c>127.0.0.1:5080</c>.</summary>
public sealed class KnownSite
{
    public string Origin { get; set; } = "";

    public string? Address { get; set; }

    /// <summary>A key of this agent goes there: never in the clear over a network.</summary>
    public bool TakesKey => new Uri(Origin) is var uri && (uri.Scheme == Uri.UriSchemeHttps || LoopbackHosts.Contains(uri.Host));

    /// <summary>The way back without an answer; <paramref name="state"/> is a word of docs/card-protocol.md.</summary>
    public string Back(CardChallenge challenge, string state) => $"{Origin}/card/return?challengeId={challenge.Id}&state={state}";

    public string Back(string code) => $"{Origin}/card/return?code={code}";
}
