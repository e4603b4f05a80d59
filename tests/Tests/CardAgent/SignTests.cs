using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Kernel.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>Goal: the page for the PIN, from the link of a site to the signed answer and back.</summary>
public class SignTests
{
    private static readonly string Ask = "/sign" + TestAgent.Login.ToQuery();

    [Fact]
    public async Task S4_02_The_site_gets_certificate_and_signature_and_the_browser_a_code()
    {
        var file = TestCards.New();
        await using var agent = await TestAgent.Start(file);
        var page = await agent.Open(Ask);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("マイページへのログイン", page.Text, StringComparison.Ordinal);
        Assert.Contains(TestAgent.Origin, page.Text, StringComparison.Ordinal);
        Assert.Contains("3回", page.Text, StringComparison.Ordinal);
        var done = await agent.Pin(page.Token, TestCards.Pin);
        Assert.Equal(HttpStatusCode.SeeOther, done.Status);
        Assert.Equal($"{TestAgent.Origin}/card/return?code={TestAgent.Code}", done.Location);

        var (path, body) = Assert.Single(agent.Received);
        Assert.Equal("/card/answers", path);
        Assert.Equal(["agentVersion", "certificate", "challengeId", "signature"], body.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal("challenge-1", body.GetProperty("challengeId").GetString());
        Assert.Equal("1.0.0", body.GetProperty("agentVersion").GetString());
        Assert.Equal(file.Certificate, Base64Url.DecodeFromChars(body.GetProperty("certificate").GetString()));
        using var certificate = X509CertificateLoader.LoadCertificate(file.Certificate);
        using var key = certificate.GetRSAPublicKey()!;
        var signature = Base64Url.DecodeFromChars(body.GetProperty("signature").GetString());
        Assert.True(key.VerifyData(ChallengeBytes.Of(TestAgent.Login), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.DoesNotContain(TestCards.Pin, body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S4_02_A4_shows_what_is_signed()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var use = TestAgent.Login with
        {
            Purpose = Purpose.UsePoints,
            Details = [new(DetailLabel.Payee, "見本商店"), new(DetailLabel.Amount, "3,500ポイント"), new(DetailLabel.Before, "4,000ポイント"), new(DetailLabel.After, "500ポイント")],
        };
        var page = await agent.Open("/sign" + use.ToQuery());
        foreach (var detail in use.Details)
        {
            Assert.Contains(detail.Label.Word, page.Text, StringComparison.Ordinal);
            Assert.Contains(detail.Value, page.Text, StringComparison.Ordinal);
        }
        await agent.Pin(page.Token, TestCards.Pin);
        using var certificate = X509CertificateLoader.LoadCertificate(agent.Card.File.Certificate);
        using var key = certificate.GetRSAPublicKey()!;
        var signature = Base64Url.DecodeFromChars(agent.Received.Single().Body.GetProperty("signature").GetString());
        Assert.True(key.VerifyData(ChallengeBytes.Of(use), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task S1_05a_Wrong_PINs_count_the_last_is_confirmed_and_the_third_locks()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var page = await agent.Pin((await agent.Open(Ask)).Token, "0000");
        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Contains("暗証番号がちがいます", page.Text, StringComparison.Ordinal);
        Assert.Contains("2回", page.Text, StringComparison.Ordinal);

        page = await agent.Pin(page.Token, "0000");
        Assert.Contains("あと1回です", page.Text, StringComparison.Ordinal);
        Assert.False(page.HasPinField);
        // A PIN sent all the same is not tried before the person has confirmed.
        page = await agent.Pin(page.Token, "0000");
        Assert.False(page.HasPinField);
        Assert.Equal(1, agent.Card.File.Tries);

        page = await agent.Submit([("token", page.Token), ("confirm", "last")]);
        Assert.True(page.HasPinField);
        page = await agent.Pin(page.Token, "0000");
        Assert.Contains("暗証番号がロックされました", page.Text, StringComparison.Ordinal);
        Assert.Contains("市区町村の窓口", page.Text, StringComparison.Ordinal);
        Assert.False(page.HasPinField);
        Assert.Equal(0, agent.Card.File.Tries);
        Assert.False((await agent.Open(Ask)).HasPinField);
        Assert.Empty(agent.Received);
    }

    [Fact]
    public async Task S1_05a_The_right_PIN_on_the_last_try_gives_all_back()
    {
        await using var agent = await TestAgent.Start(TestCards.New(tries: 1));
        var page = await agent.Open(Ask);
        Assert.False(page.HasPinField);
        page = await agent.Submit([("token", page.Token), ("confirm", "last")]);
        Assert.Equal(HttpStatusCode.SeeOther, (await agent.Pin(page.Token, TestCards.Pin)).Status);
        Assert.Equal(3, agent.Card.File.Tries);
    }

    [Theory]
    [InlineData("")]
    [InlineData("123")]
    [InlineData("12345")]
    [InlineData("12a4")]
    [InlineData("-123")]
    [InlineData("１２３")]
    public async Task S1_05a_Anything_but_four_digits_costs_no_try(string pin)
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var page = await agent.Pin((await agent.Open(Ask)).Token, pin);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("暗証番号は4けたの数字です", page.Text, StringComparison.Ordinal);
        Assert.True(page.HasPinField);
        Assert.Equal(3, agent.Card.File.Tries);
    }

    [Fact]
    public async Task S4_02_Full_width_digits_are_digits()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        Assert.Equal(HttpStatusCode.SeeOther, (await agent.Pin((await agent.Open(Ask)).Token, "４０７１")).Status);
    }

    [Fact]
    public async Task S1_22_The_page_helps_and_hints_nothing()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var page = await agent.Open(Ask);
        Assert.Contains("暗証番号を忘れたとき", page.Text, StringComparison.Ordinal);
        Assert.Contains("3回に戻ります", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(TestCards.Pin, page.Text, StringComparison.Ordinal);
        Assert.Contains($"{TestAgent.Origin}/card/return?challengeId=challenge-1&state=cancelled", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S1_15b_The_PIN_goes_to_the_card_of_the_page_only()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var page = await agent.Open(Ask);
        agent.Put(TestCards.New());
        page = await agent.Pin(page.Token, "0000");
        Assert.Contains("カードが入れかわりました", page.Text, StringComparison.Ordinal);
        Assert.Equal(3, agent.Card.File.Tries);
    }

    [Fact]
    public async Task S2_P16_Without_card_or_reader_the_page_waits_and_goes_on()
    {
        await using var agent = await TestAgent.Start();
        var page = await agent.Open(Ask);
        Assert.Contains("カードが見つかりません", page.Text, StringComparison.Ordinal);
        Assert.False(page.HasPinField);
        Assert.StartsWith("0; url=/wait?", page.Headers["Refresh"], StringComparison.Ordinal);
        var waiting = agent.Open(page.Headers["Refresh"]["0; url=".Length..]);
        agent.Put(TestCards.New());
        var next = await waiting;
        Assert.Equal(HttpStatusCode.SeeOther, next.Status);
        Assert.True((await agent.Open(next.Location!)).HasPinField);
    }

    [Fact]
    public async Task A_card_without_a_certificate_gets_the_sentence_for_it()
    {
        await using var agent = await TestAgent.Start(TestCards.New() with { Certificate = [] });
        var page = await agent.Open(Ask);
        Assert.Contains("カードに電子証明書がありません", page.Text, StringComparison.Ordinal);
        Assert.False(page.HasPinField);
    }

    [Theory]
    [InlineData("/sign")]
    [InlineData("/sign?origin=http://evil.example&challengeId=a&purpose=login&challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&expiresMs=1")]
    [InlineData("/sign?origin=http://site.localhost:5999&origin=http://site.localhost:5999&challengeId=a&purpose=login&challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&expiresMs=1")]
    [InlineData("/sign?origin=http://site.localhost:5999&challengeId=a&purpose=gift&challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&expiresMs=1")]
    public async Task An_unknown_site_or_request_gets_no_field(string path)
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        var page = await agent.Open(path);
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.False(page.HasPinField);
        Assert.DoesNotContain("evil", page.Text, StringComparison.Ordinal);
        Assert.Contains("やめて戻る", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_site_refuses_is_said_in_its_words()
    {
        await using var agent = await TestAgent.Start(TestCards.New());
        agent.SiteAnswer = (403, """{"code":"cert_revoked","title":"このカードは、いま使えません","rule":"<b>新しい</b>証明書に切りかわっています","detail":"新しいカードで"}""");
        var page = await agent.Pin((await agent.Open(Ask)).Token, TestCards.Pin);
        Assert.Contains("このカードは、いま使えません", page.Text, StringComparison.Ordinal);
        Assert.Contains("新しいカードで", page.Text, StringComparison.Ordinal);
        Assert.Contains("state=cert_revoked", page.Text, StringComparison.Ordinal);
        agent.SiteAnswer = (500, "<html>");
        page = await agent.Pin((await agent.Open(Ask)).Token, TestCards.Pin);
        Assert.Contains("サイトにつながりません", page.Text, StringComparison.Ordinal);
    }
}
