using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Sandbox.Authority;

namespace MyKey.Sandbox.Cards;

/// <summary>What a municipality's counter does for the holder of a card in the tray: a renewed certificate, a new card, or the end of the old one.</summary>
public sealed class CardCounter(CardTray tray, IEnumerable<NationalAuthority> authorities)
{
    /// <summary>null where the tray runs without one.</summary>
    public NationalAuthority? Authority { get; } = authorities.FirstOrDefault();

    public bool Renew(string name) => Follow(name, "更新", (authority, old) => authority.Renew(old.Authority, old.Serial));

    public bool Reissue(string name) => Follow(name, "再交付", (authority, old) => authority.Reissue(old.Authority, old.Serial));

    /// <summary>The certificate is revoked and nothing follows, as after a loss or by mistake.</summary>
    public bool Revoke(string name)
    {
        if (Authority is null || Find(name) is not { } card) return false;
        var (authority, serial) = IdOf(card);
        Authority.Revoke(authority, serial, X509RevocationReason.CessationOfOperation);
        return true;
    }

    private bool Follow(string name, string word, Func<NationalAuthority, (string Authority, string Serial), SandboxCard> follow)
    {
        if (Authority is null || Find(name) is not { } card) return false;
        using var next = follow(Authority, IdOf(card));
        tray.Add(name, CardFile.Of($"{card.Label}（{word}）", next.CertificateDer, next.RootDer, next.Rsa!, card.Pin));
        return true;
    }

    private CardFile? Find(string name) => tray.Cards.FirstOrDefault(c => c.Name == name)?.File is { Certificate.Length: > 0 } file ? file : null;

    private static (string Authority, string Serial) IdOf(CardFile card)
    {
        using var root = X509CertificateLoader.LoadCertificate(card.Authority);
        using var own = X509CertificateLoader.LoadCertificate(card.Certificate);
        return (Convert.ToHexStringLower(SHA256.HashData(root.PublicKey.ExportSubjectPublicKeyInfo())), NationalAuthority.Text(own.SerialNumberBytes.Span));
    }
}
