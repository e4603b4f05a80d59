using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyKey.CardAgent.Cards;
using MyKey.Sandbox.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>Goal: a program that knows real My Number Cards, and nothing of us, takes the software card for one.</summary>
[Collection(UsesPcscd.Name)]
public sealed class OpenScTests : IDisposable
{
    private readonly TemporaryPcscd pcscd;
    private readonly CardFile file = TestCards.New();
    private readonly SoftwareCard card;

    public OpenScTests(TemporaryPcscd pcscd)
    {
        this.pcscd = pcscd;
        card = new SoftwareCard(file);
        var transport = new PcscTransport();
        var seen = transport.Look();
        // The card of the test before may not have been missed yet.
        for (var tries = 0; seen.Place == Place.Card && tries < 20; tries++) seen = transport.Wait(seen, 2_000, CancellationToken.None);
        pcscd.Reader.Put(card);
        for (var tries = 0; seen.Place != Place.Card && tries < 20; tries++) seen = transport.Wait(seen, 2_000, CancellationToken.None);
        Assert.Equal(Place.Card, seen.Place);
    }

    public void Dispose()
    {
        pcscd.Reader.Put(null);
        card.Dispose();
    }

    [Fact]
    public async Task S0_5003_pkcs15_tool_lists_and_reads_the_certificate()
    {
        var (code, output, errors) = await pcscd.Run("pkcs15-tool", "--list-certificates");
        Assert.True(code == 0, errors);
        Assert.Contains("User Authentication Certificate", Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        (code, output, errors) = await pcscd.Run("pkcs15-tool", "--read-certificate", "1");
        Assert.True(code == 0, errors);
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(output));
        Assert.Equal(file.Certificate, certificate.RawData);
    }

    [Fact]
    public async Task S0_5003_pkcs11_tool_signs_with_the_PIN_and_not_without()
    {
        var message = Path.GetTempFileName();
        var signature = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(message, "message");
            string[] sign = ["--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", "01", "--input-file", message, "--output-file", signature, "--pin"];
            var (code, _, _) = await pcscd.Run("pkcs11-tool", [.. sign, "0000"]);
            Assert.NotEqual(0, code);
            Assert.Equal(2, card.File.Tries);
            (code, _, var errors) = await pcscd.Run("pkcs11-tool", [.. sign, TestCards.Pin]);
            Assert.True(code == 0, errors);
            using var certificate = X509CertificateLoader.LoadCertificate(file.Certificate);
            using var key = certificate.GetRSAPublicKey()!;
            var signed = await File.ReadAllBytesAsync(signature);
            Assert.True(key.VerifyData("message"u8, signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            Assert.Equal(3, card.File.Tries);
        }
        finally
        {
            File.Delete(message);
            File.Delete(signature);
        }
    }
}
