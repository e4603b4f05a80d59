using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.Identity.Certificates;

/// <summary>
/// Whether a card may be believed (S0-1003, S0-5003), fail closed, in this order: size → DER → chain to a pinned user-authentication
/// root → key usage, policy, CA:FALSE → time → key → signature → revocation. Refusals: <c>cert_missing</c>, <c>cert_expired</c>,
/// <c>cert_revoked</c> (fact <c>reason</c>, e.g. <c>superseded</c>: renewed, log in with the new certificate) and <c>auth_failed</c> for
/// all else (fact <c>why</c>: the rule that said no, for the log and never for a screen).
/// </summary>
public sealed class CertificateRules(Anchors anchors, IRevocationSource revocation, TimeProvider clock)
{
    /// <summary>利用者証明用, the policy of the user-authentication certificate.</summary>
    public const string PolicyOid = "1.2.392.200149.8.5.1.3.30";

    public const int LargestCertificateBytes = 4096, LargestSignedBytes = 4096, LargestSignatureBytes = 256;

    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<string, Known> known = new();

    /// <summary>A tap (A1): everything but the signature. It identifies and proves nothing about who holds the card.</summary>
    /// <remarks>Of bytes that were judged good before, form and chain are not judged again: they never change. Time and revocation are, each time.</remarks>
    public async Task<Result<AuthCertificate>> Identify(ReadOnlyMemory<byte> certificateDer, CancellationToken stop)
    {
        if (certificateDer.Length > LargestCertificateBytes) return Failed("size");
        var name = Convert.ToBase64String(SHA256.HashData(certificateDer.Span));
        if (known.TryGetValue(name, out var before)) return Time(before.Form, before.Anchor) is { } late ? late : await Unrevoked(before, stop);
        var examined = Examine(certificateDer);
        if (examined.Refused is { } no) return no;
        using var key = examined.Value.Key;
        if (known.Count >= MostKnown) known.Clear();
        known[name] = examined.Value.Known;
        return await Unrevoked(examined.Value.Known, stop);
    }

    /// <summary>Card and PIN (A3, A4): the card also signed exactly <paramref name="signedBytes"/>, which the caller rebuilt itself.</summary>
    /// <param name="signature">256 bytes PKCS#1 v1.5 for RSA-2048, or a DER ECDSA-Sig-Value for P-384.</param>
    public async Task<Result<AuthCertificate>> Verify(ReadOnlyMemory<byte> certificateDer, ReadOnlyMemory<byte> signedBytes,
        ReadOnlyMemory<byte> signature, CancellationToken stop)
    {
        if (signedBytes.Length is 0 or > LargestSignedBytes || signature.Length is 0 or > LargestSignatureBytes)
            return certificateDer.IsEmpty ? Refusal.Of("cert_missing") : Failed("size");
        var examined = Examine(certificateDer);
        if (examined.Refused is { } no) return no;
        using var key = examined.Value.Key;
        if (!key.Verify(signedBytes.Span, signature.Span)) return Failed("signature");
        return await Unrevoked(examined.Value.Known, stop);
    }

    /// <summary>What is good about a certificate for ever: whose it is, and what stands in it.</summary>
    private sealed record Known(Anchor Anchor, CertificateForm Form, IReadOnlyList<string> Points);

    private sealed record Examined(CardPublicKey Key, Known Known);

    private Result<Examined> Examine(ReadOnlyMemory<byte> der)
    {
        if (der.IsEmpty) return Refusal.Of("cert_missing");
        if (der.Length > LargestCertificateBytes) return Failed("size");
        try
        {
            var form = CertificateForm.Read(der);
            var points = form.Points();
            if (AnchorOf(form) is not { } anchor) return Failed("untrusted");
            if ((Profile(form) ?? Time(form, anchor)) is { } no) return no;
            return CardPublicKey.Of(form.Key) is { } key ? new Examined(key, new Known(anchor, form, points)) : Failed("algorithm");
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException)
        {
            return Failed("form");
        }
    }

    /// <summary>The root that issued it: nothing stands between (RFC 5280 6.1 for a path of one). Time has its own rule below, with its own refusal.</summary>
    private Anchor? AnchorOf(CertificateForm form) => form.DemandsMore ? null : anchors.SignerOf(form.IssuerKeyId(), form.Signed);

    private static Refusal? Profile(CertificateForm form) =>
        !form.OnlyDigitalSignature() ? Failed("key_usage")
        : !form.PolicyIs(PolicyOid) ? Failed("policy")
        : form.IsAuthority() ? Failed("authority")
        : null;

    private Refusal? Time(CertificateForm form, Anchor anchor)
    {
        var now = clock.GetUtcNow();
        var root = anchor.Certificate;
        return now < root.NotBefore.ToUniversalTime() || now > root.NotAfter.ToUniversalTime() ? Failed("untrusted")
            : now < form.NotBefore ? Failed("not_yet_valid")
            : now > form.NotAfter ? Refusal.Of("cert_expired")
            : null;
    }

    private async Task<Result<AuthCertificate>> Unrevoked(Known certificate, CancellationToken stop)
    {
        var (anchor, form, points) = certificate;
        var said = await revocation.Of(new RevocationQuestion(anchor.Authority, form.Serial, points), stop);
        return said.State switch
        {
            RevocationState.Good => new AuthCertificate(anchor.Authority, form.Serial, form.NotBefore, form.NotAfter),
            RevocationState.Revoked => Refusal.Of("cert_revoked", ("reason", Name(said.Reason))),
            _ => Failed("revocation_unknown"),
        };
    }

    /// <summary>superseded, key_compromise, …</summary>
    private static string Name(RevocationReason reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    private static Refusal Failed(string why) => Refusal.Of("auth_failed", ("why", why));
}
