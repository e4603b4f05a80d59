using System.Diagnostics;
using System.Net;
using MyKey.CardAgent;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>Goal: no other website, and nobody else on the machine, makes the agent try a PIN (S1-05a).</summary>
public class GuardTests
{
    private static readonly string Ask = "/sign" + TestAgent.Login.ToQuery();

    [Theory]
    [InlineData("Origin", "http://site.localhost:5999")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Sec-Fetch-Site", "")]
    public async Task S1_05a_A_form_of_another_page_tries_no_PIN_even_with_the_token(string header, string value)
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var token = (await agent.Open(Ask)).Token;
        var answer = await agent.Submit([("token", token), ("pin", "0000")], (header, value));
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(3, agent.Card.File.Tries);
        // The person's own page still works: strangers can't even spoil it.
        Assert.Equal(HttpStatusCode.SeeOther, (await agent.Pin(token, TestCards.Pin)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task S1_05a_Without_the_token_of_an_open_page_no_PIN_is_tried(string token)
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        await agent.Open(Ask);
        Assert.Equal(HttpStatusCode.Conflict, (await agent.Pin(token, "0000")).Status);
        Assert.Equal(3, agent.Card.File.Tries);
    }

    [Fact]
    public async Task S1_05a_A_token_is_good_once()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var token = (await agent.Open(Ask)).Token;
        var both = await Task.WhenAll(agent.Pin(token, "0000"), agent.Pin(token, "0000"));
        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.Conflict], both.Select(a => a.Status).Order());
        Assert.Equal(2, agent.Card.File.Tries);
    }

    [Fact]
    public async Task S1_05a_One_dialog_at_a_time()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var first = await agent.Open(Ask);
        var second = await agent.Open(Ask);
        var answer = await agent.Pin(first.Token, "0000");
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("この画面は古くなりました", answer.Text, StringComparison.Ordinal);
        Assert.Equal(3, agent.Card.File.Tries);
        Assert.Equal(HttpStatusCode.SeeOther, (await agent.Pin(second.Token, TestCards.Pin)).Status);
    }

    [Theory]
    [InlineData("localhost:{0}")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("evil.example:{0}")]
    [InlineData("127.0.0.1.evil.example:{0}")]
    public async Task Another_host_name_gets_nothing(string host)
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var name = string.Format(System.Globalization.CultureInfo.InvariantCulture, host, agent.Port);
        var answer = await agent.Open(Ask, ("Host", name));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.Status);
        Assert.Empty(answer.Text);
    }

    [Theory]
    [InlineData("Sec-Fetch-Dest", "iframe")]
    [InlineData("Sec-Fetch-Dest", "empty")]
    [InlineData("Sec-Fetch-Dest", "image")]
    [InlineData("Sec-Fetch-Mode", "no-cors")]
    [InlineData("Sec-Fetch-Mode", "")]
    public async Task Only_a_visible_navigation_opens_a_page(string header, string value)
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Open(Ask, (header, value))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.Open("/tap?origin=" + TestAgent.Origin + "&tapId=a", (header, value))).Status);
    }

    [Fact]
    public async Task Pages_carry_the_headers_that_keep_them_whole()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var page = await agent.Open(Ask);
        Assert.Equal($"default-src 'none'; style-src 'self'; form-action 'self' {TestAgent.Origin}; frame-ancestors 'none'; base-uri 'none'", page.Headers["Content-Security-Policy"]);
        Assert.Equal("same-origin", page.Headers["Referrer-Policy"]);
        Assert.Equal("no-store", page.Headers["Cache-Control"]);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page.Text, StringComparison.Ordinal);
        Assert.False(page.Headers.ContainsKey("Server"));
        Assert.False(page.Headers.ContainsKey("Set-Cookie"));
        Assert.Contains("--accent", (await agent.Open("/mykey.css")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_owner_of_a_socket_stands_in_the_table_of_the_kernel()
    {
        string[] table =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:13CE 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 11 1 0 20 4 30 10 -1",
            "   1: 0100007F:C000 0100007F:13CE 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0 20 4 30 10 -1",
            "   2: 0000000000000000FFFF00000100007F:C001 0000000000000000FFFF00000100007F:13CE 01 00000000:00000000 00:00000000 00000000  1001        0 13 1 0 20 4 30 10 -1",
        ];
        Assert.Equal(1000, PeerSocket.Owner(table, 0xC000, 5070));
        Assert.Equal(1001, PeerSocket.Owner(table, 0xC001, 5070));
        Assert.Null(PeerSocket.Owner(table, 0xC002, 5070));
    }

    [Fact]
    public async Task Another_user_of_the_machine_gets_nothing()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var request = $"exec 3<>/dev/tcp/127.0.0.1/{agent.Port}; printf 'GET / HTTP/1.1\\r\\nHost: 127.0.0.1:{agent.Port}\\r\\nConnection: close\\r\\n\\r\\n' >&3; head -n 1 <&3";
        Assert.StartsWith("HTTP/1.1 200", await Run("/bin/bash", "-c", request), StringComparison.Ordinal);
        // Only root can try as somebody else; for others the table above has to do.
        if (Environment.UserName != "root") return;
        Assert.StartsWith("HTTP/1.1 421", await Run("/usr/sbin/runuser", "-u", "nobody", "--", "/bin/bash", "-c", request), StringComparison.Ordinal);
    }

    private static async Task<string> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
