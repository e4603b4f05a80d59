using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;

namespace MyKey.Tests.Support;

/// <summary>Software cards of the sandbox's authority for whatever only reads and signs.</summary>
public static class TestCards
{
    public const string Pin = "4071";

    private static readonly NationalAuthority Authority = NationalAuthority.InMemory(TimeProvider.System);

    // One key for all: making one takes as long as a whole test, and only certificates tell cards apart here.
    private static readonly RSA Key = RSA.Create(2048);

    public static CardFile New(string label = "テスト", int tries = CardFile.AllTries)
    {
        using var card = Authority.Issue(new CertificateProfile { PublicKey = new PublicKey(Key) });
        return CardFile.Of(label, card.CertificateDer, card.RootDer, Key, Pin) with { Tries = tries };
    }
}
