using System.Net;
using MyKey.Identity;
using MyKey.Identity.Passwords;

namespace MyKey.Tests.Identity.Passwords;

/// <summary>Goal: what is tried first can't be a password; what is long and one's own can.</summary>
public class PasswordRulesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("kX9#mQ2vL")]
    [InlineData("password123")]
    [InlineData("P@ssw0rd2026!")]
    [InlineData("ｐａｓｓｗｏｒｄ１２３")]
    [InlineData("qwertyuiop")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("abcdefghij1")]
    [InlineData("0987654321")]
    [InlineData("1234567890")]
    [InlineData("20261122001")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("sakurasakura")]
    [InlineData("11iloveyou22")]
    [InlineData("xxMY123456xx")]
    [InlineData("xx-my123456-yy")]
    [InlineData("MyNumber-2026")]
    public void S0_1023_weak_passwords_are_refused(string? password) => Assert.Equal("password_weak", PasswordRules.Check(password, "MY123456")?.Code);

    [Theory]
    [InlineData("kX9#mQ2vLw")]
    [InlineData("river boats under a green lamp")]
    [InlineData("あさのこうえんにはとがいる")]
    public void Others_pass(string password) => Assert.Null(PasswordRules.Check(password, "MY123456"));

    [Fact]
    public void Too_long_is_told_as_such() => Assert.Equal("too_large", PasswordRules.Check(new string('x', 129))?.Code);

    [Theory]
    [InlineData("192.0.2.77", "192.0.2.0/24")]
    [InlineData("::ffff:192.0.2.77", "192.0.2.0/24")]
    [InlineData("2001:db8:1:2345::1", "2001:db8:1:2300::/56")]
    public void V_D2_clients_without_a_cookie_are_networks(string address, string prefix) =>
        Assert.Equal(prefix, ClientNetwork.Of(IPAddress.Parse(address)).Prefix);

    [Fact]
    public async Task Beyond_the_queue_the_answer_is_busy()
    {
        using var hash = new PasswordHash(new IdentityOptions { KekFile = "unused", PasswordIterations = 200_000, PasswordQueueLimit = 1 });
        var answers = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount * 2 + 4).Select(_ => hash.Matches("some password", null)));
        Assert.Contains(answers, a => a.Refused?.Code == "busy");
        Assert.Contains(answers, a => a.Ok);
        Assert.True((await hash.Make("afterwards")).Ok);
    }
}
