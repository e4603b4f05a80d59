using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Identity.Certificates;

/// <summary>One pinned root of the user-authentication authority.</summary>
/// <param name="Authority">SHA-256 of its SubjectPublicKeyInfo, 64 lower-case hex digits: its name with us, since all generations share one.</param>
/// <param name="KeyId">Its subjectKeyIdentifier.</param>
public sealed record Anchor(string Authority, byte[] KeyId, X509Certificate2 Certificate);

/// <summary>
/// The pinned roots of the *user-authentication* authority, all generations. Nothing else is trusted, and above all not the authority
/// of the signing certificates (署名用), which carry name and address.
/// </summary>
public sealed class Anchors
{
    private const string Unit = "JPKI for user authentication", Sandbox = "SANDBOX";
    private const string OrganizationOid = "2.5.4.10", UnitOid = "2.5.4.11", KeyIdOid = "2.5.29.14";

    private Anchors(IReadOnlyList<Anchor> all) => All = all;

    public IReadOnlyList<Anchor> All { get; }

    /// <summary>Reads a PEM file with one or more certificates.</summary>
    /// <param name="loopbackOnly">The App listens on this machine only; else roots with O=SANDBOX are refused.</param>
    /// <exception cref="InvalidDataException">The file pins nothing, or something that must not be trusted.</exception>
    public static Anchors Load(string file, bool loopbackOnly) => Read(File.ReadAllText(file), loopbackOnly);

    /// <inheritdoc cref="Load"/>
    public static Anchors Read(string pem, bool loopbackOnly)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        if (certificates.Count == 0) throw new InvalidDataException("The anchors file holds no certificate.");
        return new Anchors([.. certificates.Select(c => Check(c, loopbackOnly))]);
    }

    /// <summary>The root that signed a certificate or a list, directly. All generations share one name, so the key id chooses and the signature decides.</summary>
    /// <param name="keyId">Of the issuer, as the thing tells it; empty where it tells none.</param>
    internal Anchor? SignerOf(byte[] keyId, Signed signed) =>
        keyId.Length == 0 ? null : All.FirstOrDefault(a => a.KeyId.AsSpan().SequenceEqual(keyId) && a.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(signed.Issuer.Span) && Algorithms.VerifyAuthority(a, signed));

    private static Anchor Check(X509Certificate2 root, bool loopbackOnly)
    {
        Demand(root, root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData), "is not a root");
        Demand(root, Values(root, UnitOid).Contains(Unit), $"does not belong to OU={Unit}");
        Demand(root, loopbackOnly || !Values(root, OrganizationOid).Contains(Sandbox, StringComparer.OrdinalIgnoreCase),
            "is of the sandbox, and this App is not bound to loopback");
        Demand(root, root.Extensions.OfType<X509BasicConstraintsExtension>().Any(b => b.CertificateAuthority), "is not CA:TRUE");
        const X509KeyUsageFlags Both = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
        Demand(root, root.Extensions.OfType<X509KeyUsageExtension>().Any(u => (u.KeyUsages & Both) == Both), "does not sign certificates and lists");
        Demand(root, Algorithms.AcceptsAuthority(root), "has a key that is not on the list");
        var keyId = root.Extensions[KeyIdOid] as X509SubjectKeyIdentifierExtension;
        Demand(root, keyId is not null, "has no key id");
        return new Anchor(AuthorityOf(root), keyId!.SubjectKeyIdentifierBytes.ToArray(), root);
    }

    /// <summary>Hex SHA-256 of the SubjectPublicKeyInfo.</summary>
    public static string AuthorityOf(X509Certificate2 root) => Convert.ToHexStringLower(SHA256.HashData(root.PublicKey.ExportSubjectPublicKeyInfo()));

    private static List<string?> Values(X509Certificate2 root, string oid) =>
        [.. root.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(n => !n.HasMultipleElements && n.GetSingleElementType().Value == oid).Select(n => n.GetSingleElementValue())];

    private static void Demand(X509Certificate2 root, bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException($"Anchor {root.Subject} ({root.Thumbprint}) {otherwise}.");
    }
}
