using System.Net;
using System.Security.Cryptography;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Check;

/// <summary>Goal: whoever sets up a machine is told line by line what is well and how to mend the rest, and gets the software with its publisher and hash (group X).</summary>
public class CheckTests
{
    [Theory]
    [InlineData("agent=1.0.0&reader=ok&card=ok", "○ 使えます|○ 入っています（版1.0.0）|○ つながっています|○ 読み取れました", "この機器で、カードを使えます")]
    [InlineData("agent=1.0.0&reader=ok&card=none", "○ 使えます|○ 入っています（版1.0.0）|○ つながっています|× 置かれていません", "カードをカードリーダーに置いて")]
    [InlineData("agent=1.0.0&reader=ok&card=cert_missing", "○ 使えます|○ 入っています（版1.0.0）|○ つながっています|× ", "市区町村")]
    [InlineData("agent=1.0.0&reader=ok&card=card_unreadable", "○ 使えます|○ 入っています（版1.0.0）|○ つながっています|× ", "金属の机の上を避ける")]
    [InlineData("agent=1.0.0&reader=missing&card=none", "○ 使えます|○ 入っています（版1.0.0）|× 見つかりません|－ まだ調べられません", "対応するカードリーダー")]
    [InlineData("agent=0.9.0&reader=ok&card=ok", "○ 使えます|× 準備ソフトが古くなっています|○ つながっています|○ 読み取れました", "版1.0.0から")]
    [InlineData("", "○ 使えます|× 準備ソフトが見つかりません|－ まだ調べられません|－ まだ調べられません", "準備ソフトを入れる")]
    [InlineData("agent=<b>&reader=x&card=%3Cb%3E", "○ 使えます|× 準備ソフトが見つかりません|－ まだ調べられません|－ まだ調べられません", "まだ、カードを使えません")]
    public async Task S1_12a_S1_13_S1_31_each_line_is_well_or_says_how_to_mend_it(string found, string lines, string says)
    {
        await using var app = await TestApp.Start();
        using var browser = app.Client();
        var page = await Result(browser, found, cookie: true);

        var seen = System.Text.RegularExpressions.Regex.Matches(page, "<strong>(.)</strong> ([^<]*)</span></td>").Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}");
        Assert.All(lines.Split('|').Zip(seen, (expected, actual) => (expected, actual)), l => Assert.StartsWith(l.expected, l.actual, StringComparison.Ordinal));
        Assert.Equal(4, seen.Count());
        Assert.Contains(says, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K_23_the_browser_is_judged_by_what_it_does()
    {
        await using var app = await TestApp.Start();
        using var browser = app.Client();
        Assert.Contains("クッキーを受け取りません", await Result(browser, "agent=1.0.0&reader=ok&card=ok", cookie: false), StringComparison.Ordinal);
        using var old = new HttpRequestMessage(HttpMethod.Get, "/check/result?agent=1.0.0&reader=ok&card=ok");
        old.Headers.Add("Cookie", "mykey-checking=1");
        Assert.Contains("古くて、カードには使えません", await (await browser.SendAsync(old)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var page = await browser.GetStringAsync("/check");
        foreach (var era in new[] { "2019年", "2020年", "2023年", "Internet Explorer 11", "iOS 13.1", "Microsoft Edge 79" }) Assert.Contains(era, page, StringComparison.Ordinal);   // S0-1004c, S3-09, S1-09a
    }

    [Fact]
    public async Task S1_12b_packages_come_with_publisher_and_hash_and_a_changed_one_is_not_offered()
    {
        var folder = Directory.CreateTempSubdirectory("mykey-packages-").FullName;
        try
        {
            var (good, changed) = ("mykey-card-agent_1.0.0_amd64.deb", "mykey-card-agent-1.0.0-win-x64.zip");
            await File.WriteAllTextAsync(Path.Combine(folder, good), "a package");
            await File.WriteAllTextAsync(Path.Combine(folder, changed), "another package");
            var hash = Convert.ToHexStringLower(SHA256.HashData("a package"u8));
            await File.WriteAllTextAsync(Path.Combine(folder, "SHA256SUMS"), $"{hash}  {good}\n{hash}  {changed}\n{hash}  ../{good}\n{hash}  SHA256SUMS\n");
            await using var app = await TestApp.Start([$"MyKey:Downloads:Folder={folder}", "MyKey:Downloads:Publisher=見本の発行者"]);
            using var browser = app.Client();

            var page = await browser.GetStringAsync("/downloads");
            foreach (var said in new[] { "見本の発行者", good, hash }) Assert.Contains(said, page, StringComparison.Ordinal);
            Assert.DoesNotContain(changed, page, StringComparison.Ordinal);
            Assert.Equal("a package", await browser.GetStringAsync($"/downloads/{good}"));
            foreach (var other in new[] { changed, "SHA256SUMS", $"..%2F{good}" }) Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/downloads/{other}")).StatusCode);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task S0_5001_without_packages_the_page_says_so()
    {
        await using var app = await TestApp.Start();
        using var browser = app.Client();
        Assert.Contains("いまは配っていません", await browser.GetStringAsync("/downloads"), StringComparison.Ordinal);
        Assert.Contains("href=\"/downloads\"", await browser.GetStringAsync("/card/prepare"), StringComparison.Ordinal);
    }

    private static async Task<string> Result(HttpClient browser, string found, bool cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/check/result?{found}");
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        if (cookie) request.Headers.Add("Cookie", "mykey-checking=1");
        return await (await browser.SendAsync(request)).Content.ReadAsStringAsync();
    }
}
