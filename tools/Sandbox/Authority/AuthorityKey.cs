using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Sandbox.Authority;

/// <summary>One generation of an authority: a root with its key. All generations of one authority have the same name.</summary>
public sealed class AuthorityKey : IDisposable
{
    public const string UserAuthentication = "JPKI for user authentication", DigitalSignature = "JPKI for digital signature";

    private AuthorityKey(X509Certificate2 root) => Root = root;

    /// <summary>With its private key.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>Hex SHA-256 of the SubjectPublicKeyInfo.</summary>
    public string Authority => Convert.ToHexStringLower(SHA256.HashData(Root.PublicKey.ExportSubjectPublicKeyInfo()));

    internal HashAlgorithmName Hash => Root.GetRSAPublicKey() is null ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <param name="unit">The organisational unit: <see cref="UserAuthentication"/> or <see cref="DigitalSignature"/>.</param>
    public static AuthorityKey Make(string unit, CardKey kind, DateTimeOffset from, string organization = "SANDBOX")
    {
        var name = new X500DistinguishedName($"OU=Japan Agency for Local Authority Information Systems, OU={unit}, O={organization}, C=JP");
        if (kind == CardKey.Rsa2048)
        {
            using var rsa = RSA.Create(2048);
            return new AuthorityKey(SelfSigned(new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), from));
        }
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return new AuthorityKey(SelfSigned(new CertificateRequest(name, ec, HashAlgorithmName.SHA384), from));
    }

    private static X509Certificate2 SelfSigned(CertificateRequest request, DateTimeOffset from)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(from, from.AddYears(20));
    }

    public static AuthorityKey Load(string file) => new(X509Certificate2.CreateFromPemFile(file));

    /// <summary>Certificate and key as PEM, readable by the owner only.</summary>
    public void Save(string file)
    {
        using var key = (AsymmetricAlgorithm?)Root.GetRSAPrivateKey() ?? Root.GetECDsaPrivateKey()!;
        File.WriteAllText(file, $"{Root.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The certificate alone, in the algorithm of this authority's key.</summary>
    public byte[] Issue(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, byte[] serial)
    {
        using var rsa = Root.GetRSAPrivateKey();
        using var ec = Root.GetECDsaPrivateKey();
        var generator = rsa is not null ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa(ec!);
        using var certificate = request.Create(Root.SubjectName, generator, notBefore, notAfter, serial);
        return certificate.RawData;
    }

    public void Dispose() => Root.Dispose();
}
