using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Sandbox.Authority;

/// <summary>What lies in the chip of a made-up card: the user-authentication certificate, its issuer's and the private key.</summary>
public sealed class SandboxCard(byte[] certificateDer, byte[] rootDer, string authority, string serial, AsymmetricAlgorithm? key) : IDisposable
{
    public byte[] CertificateDer => certificateDer;

    public byte[] RootDer => rootDer;

    public string Authority => authority;

    /// <summary>Lower-case hex without leading zeros.</summary>
    public string Serial => serial;

    /// <summary>Null where the certificate was issued for a key that stays elsewhere.</summary>
    public RSA? Rsa => key as RSA;

    public ECDsa? Ec => key as ECDsa;

    /// <summary>What the card's SIGN gives after the PIN: PKCS#1 v1.5 with SHA-256, or a DER ECDSA-Sig-Value with SHA-384.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => key switch
    {
        RSA rsa => rsa.SignData(bytes.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ECDsa ec => ec.SignData(bytes, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence),
        _ => throw new InvalidOperationException("This card was issued without a key."),
    };

    /// <summary>Certificate, root and key as PEM, to keep a card between runs.</summary>
    public string ToPem() => string.Join('\n', PemEncoding.WriteString("CERTIFICATE", CertificateDer), PemEncoding.WriteString("CERTIFICATE", RootDer),
        key?.ExportPkcs8PrivateKeyPem() ?? throw new InvalidOperationException("This card was issued without a key."));

    public static SandboxCard FromPem(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        using var card = certificates[0];
        using var root = certificates[1];
        AsymmetricAlgorithm key = card.GetKeyAlgorithm() == "1.2.840.113549.1.1.1" ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(pem.AsSpan(pem.IndexOf("-----BEGIN PRIVATE KEY", StringComparison.Ordinal)));
        var authority = Convert.ToHexStringLower(SHA256.HashData(root.PublicKey.ExportSubjectPublicKeyInfo()));
        return new SandboxCard(card.RawData, root.RawData, authority, NationalAuthority.Text(card.SerialNumberBytes.Span), key);
    }

    public void Dispose() => key?.Dispose();
}
