using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Sandbox.Cards;

namespace MyKey.Tests.Support;

/// <summary>Cards with a certificate of an authority that nobody trusts: enough for whatever only reads and signs.</summary>
public static class TestCards
{
    public const string Pin = "4071";

    private static readonly RSA AuthorityKey = RSA.Create(2048);
    private static readonly X509Certificate2 Authority = new CertificateRequest("CN=Test authority", AuthorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
    {
        CertificateExtensions = { new X509BasicConstraintsExtension(true, false, 0, true) },
    }.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    // One key for all: making one takes as long as a whole test, and only certificates tell cards apart here.
    private static readonly RSA CardKey = RSA.Create(2048);
    private static int made;

    public static CardFile New(string label = "テスト", int tries = CardFile.AllTries)
    {
        var request = new CertificateRequest($"CN=Test card {Interlocked.Increment(ref made)}", CardKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        {
            CertificateExtensions = { new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true) },
        };
        using var certificate = request.Create(Authority, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99), RandomNumberGenerator.GetBytes(8));
        return CardFile.Of(label, certificate.RawData, Authority.RawData, CardKey, Pin) with { Tries = tries };
    }
}
