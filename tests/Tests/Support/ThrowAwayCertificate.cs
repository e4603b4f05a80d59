using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Tests.Support;

/// <summary>A certificate for TLS that lives as long as a test, as files that Kestrel reads.</summary>
public sealed class ThrowAwayCertificate : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-tls-").FullName;
    private readonly X509Certificate2 certificate;

    public ThrowAwayCertificate(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
        File.WriteAllText($"{folder}/certificate.pem", certificate.ExportCertificatePem());
        File.WriteAllText($"{folder}/key.pem", key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Settings that make the App listen with it.</summary>
    public string[] Kestrel =>
    [
        "Kestrel:Endpoints:Https:Url=https://127.0.0.1:0", $"Kestrel:Endpoints:Https:Certificate:Path={folder}/certificate.pem", $"Kestrel:Endpoints:Https:Certificate:KeyPath={folder}/key.pem",
    ];

    public X509ChainPolicy TrustOnlyThis() =>
        new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { certificate }, RevocationMode = X509RevocationMode.NoCheck };

    public void Dispose()
    {
        certificate.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
