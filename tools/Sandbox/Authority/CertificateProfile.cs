using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Sandbox.Authority;

public enum CardKey { Rsa2048, EcP384 }

/// <summary>
/// What stands in a certificate. The defaults are those of the user-authentication certificate; a faulty one is made by changing them.
/// </summary>
public sealed record CertificateProfile
{
    public const string UserAuthenticationPolicy = "1.2.392.200149.8.5.1.3.30", SigningPolicy = "1.2.392.200149.8.5.1.1.20";

    public CardKey Key { get; init; } = CardKey.Rsa2048;

    /// <summary>Null: a fresh key pair is made. Else the key of a card that keeps it, and the certificate comes without.</summary>
    public PublicKey? PublicKey { get; init; }

    /// <summary>Null: now.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null: five years after <see cref="NotBefore"/>.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    public X509KeyUsageFlags KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public IReadOnlyList<string> Policies { get; init; } = [UserAuthenticationPolicy];

    /// <summary>basicConstraints; null leaves it out, as the authority does.</summary>
    public bool? CertificateAuthority { get; init; }

    public bool TellsIssuerKey { get; init; } = true;

    public IReadOnlyList<X509Extension> Further { get; init; } = [];

    /// <summary>The certificate as the issuer would sign it with this hash.</summary>
    public CertificateRequest Request(PublicKey key, X509Certificate2 issuer, HashAlgorithmName hash, string? crlUrl)
    {
        var subject = new X500DistinguishedName($"CN={Convert.ToHexString(RandomNumberGenerator.GetBytes(11))}, O=SANDBOX, C=JP");
        var request = new CertificateRequest(subject, key, hash, RSASignaturePadding.Pkcs1);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509KeyUsageExtension(KeyUsage, critical: true));
        extensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        if (Policies.Count > 0) extensions.Add(PoliciesExtension());
        if (CertificateAuthority is { } ca) extensions.Add(new X509BasicConstraintsExtension(ca, false, 0, critical: true));
        if (crlUrl is not null) extensions.Add(DistributionPoints(issuer, crlUrl));
        if (TellsIssuerKey) extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        extensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        foreach (var extension in Further) extensions.Add(extension);
        return request;
    }

    private X509Extension PoliciesExtension()
    {
        var w = new AsnWriter(AsnEncodingRules.DER);
        using (w.PushSequence())
            foreach (var policy in Policies)
                using (w.PushSequence()) w.WriteObjectIdentifier(policy);
        return new X509Extension("2.5.29.32", w.Encode(), critical: true);
    }

    /// <summary>Two points: a directoryName, which is all that the real ones have, and an address that can be fetched.</summary>
    private static X509Extension DistributionPoints(X509Certificate2 issuer, string crlUrl)
    {
        var w = new AsnWriter(AsnEncodingRules.DER);
        using (w.PushSequence())
        {
            Point(w, () => { using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4))) w.WriteEncodedValue(issuer.SubjectName.RawData); });
            Point(w, () => w.WriteCharacterString(UniversalTagNumber.IA5String, crlUrl, new Asn1Tag(TagClass.ContextSpecific, 6)));
        }
        return new X509Extension("2.5.29.31", w.Encode(), critical: false);
    }

    private static void Point(AsnWriter w, Action name)
    {
        var tag0 = new Asn1Tag(TagClass.ContextSpecific, 0);
        using (w.PushSequence())
        using (w.PushSequence(tag0))
        using (w.PushSequence(tag0)) name();
    }
}
