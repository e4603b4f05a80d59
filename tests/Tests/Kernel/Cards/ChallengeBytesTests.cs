using System.Text;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.Tests.Kernel.Cards;

public class ChallengeBytesTests
{
    private static readonly byte[] Counting = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly CardChallenge Login = new("abc", "http://mykey.localhost:5080", Purpose.Login, Counting, 1_513_296_000_000, []);

    private static readonly CardChallenge Use = Login with
    {
        Purpose = Purpose.UsePoints,
        Details =
        [
            new Detail(DetailLabel.Payee, "A市 見本商店"), new Detail(DetailLabel.Amount, "1,000ポイント"),
            new Detail(DetailLabel.Before, "2,800ポイント"), new Detail(DetailLabel.After, "1,800ポイント"),
        ],
    };

    [Fact]
    public void S0_5003_The_signed_bytes_are_frozen()
    {
        var head = "8701" + "74" + Hex("MyKey card challenge") + "781B" + Hex("http://mykey.localhost:5080");
        var tail = "5820" + Convert.ToHexString(Counting) + "1B0000016057787400";
        Assert.Equal(head + "65" + Hex("login") + tail + "F6", Convert.ToHexString(ChallengeBytes.Of(Login)));
        Assert.Equal(
            head + "6A" + Hex("use-points") + tail + "84"
            + "82" + "65" + Hex("payee") + "71" + Hex("A市 見本商店") + "82" + "66" + Hex("amount") + "71" + Hex("1,000ポイント")
            + "82" + "66" + Hex("before") + "71" + Hex("2,800ポイント") + "82" + "65" + Hex("after") + "71" + Hex("1,800ポイント"),
            Convert.ToHexString(ChallengeBytes.Of(Use)));
    }

    [Fact]
    public void S0_5003_Every_part_changes_the_bytes()
    {
        CardChallenge[] others =
        [
            Login with { Origin = "http://mykey.localhost:5081" }, Login with { Purpose = Purpose.IssueId }, Login with { ExpiresMs = 1 },
            Login with { Random = new byte[32] }, Use,
            Use with { Details = [.. Use.Details.Take(3), new Detail(DetailLabel.After, "1,801ポイント")] },
        ];
        Assert.Equal(7, others.Append(Login).Select(c => Convert.ToHexString(ChallengeBytes.Of(c))).Distinct().Count());
    }

    [Fact]
    public void The_link_carries_the_whole_challenge()
    {
        foreach (var challenge in new[] { Login, Use })
        {
            var read = CardChallenge.Read(Parse(challenge.ToQuery()));
            Assert.NotNull(read);
            Assert.Equal(ChallengeBytes.Of(challenge), ChallengeBytes.Of(read));
            Assert.Equal(challenge.Id, read.Id);
        }
    }

    [Theory]
    [InlineData("purpose", "anything")]
    [InlineData("purpose", "use-points")]
    [InlineData("challenge", "AAAA")]
    [InlineData("challengeId", "a b")]
    [InlineData("origin", "http://mykey.localhost:5080/")]
    [InlineData("origin", "HTTP://mykey.localhost:5080")]
    [InlineData("origin", "http://user@mykey.localhost:5080")]
    [InlineData("origin", "javascript:alert(1)")]
    [InlineData("expiresMs", "-1")]
    [InlineData("more", "x")]
    public void A_link_with_anything_else_is_not_read(string name, string value)
    {
        var query = Parse(Login.ToQuery());
        query[name] = value;
        Assert.Null(CardChallenge.Read(query));
    }

    [Fact]
    public void A_detail_that_turns_text_around_is_not_read()
    {
        var query = Parse(Use.ToQuery());
        query["amount"] = "1\u202E000";
        Assert.Null(CardChallenge.Read(query));
    }

    [Fact]
    public void Details_belong_to_the_purpose() =>
        Assert.Throws<BrokenProperty>(() => ChallengeBytes.Of(Login with { Details = Use.Details }));

    private static Dictionary<string, string> Parse(string query) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query).ToDictionary(p => p.Key, p => (string)p.Value!);

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
