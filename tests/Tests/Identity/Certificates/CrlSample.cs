using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Sandbox.Authority;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Writes revocation lists that an authority would not make: each property can be left out or be wrong.</summary>
public sealed record CrlSample
{
    public AuthorityKey Signer { get; init; } = CertificateRig.Authority.UserAuthentication[NationalAuthority.Today - 1];

    /// <summary>Whose name and key id the list tells.</summary>
    public X509Certificate2? Told { get; init; }

    public BigInteger? Number { get; init; } = 1_000;

    public DateTimeOffset ThisUpdate { get; init; } = CertificateRig.Start.AddMinutes(-1);

    public DateTimeOffset? NextUpdate { get; init; } = CertificateRig.Start.AddDays(1);

    public IReadOnlyList<string> Serials { get; init; } = [];

    /// <summary>Further entries, encoded.</summary>
    public IReadOnlyList<byte[]> Entries { get; init; } = [];

    public IReadOnlyList<(string Oid, bool Critical, byte[] Value)> Further { get; init; } = [];

    public byte[] Der()
    {
        var tbs = Tbs();
        using var key = Signer.Root.GetRSAPrivateKey()!;
        var w = new AsnWriter(AsnEncodingRules.DER, tbs.Length + 1024);
        using (w.PushSequence())
        {
            w.WriteEncodedValue(tbs);
            Algorithm(w);
            w.WriteBitString(key.SignData(tbs, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        return w.Encode();
    }

    /// <summary>CRLReason as an entry's extensions.</summary>
    public static byte[] Entry(string serial, int reason, bool criticalUnknown = false)
    {
        var w = new AsnWriter(AsnEncodingRules.DER);
        using (w.PushSequence())
        {
            w.WriteIntegerUnsigned(Convert.FromHexString(serial));
            w.WriteUtcTime(CertificateRig.Start.AddDays(-1));
            using (w.PushSequence())
                Extension(w, criticalUnknown ? "2.5.29.29" : "2.5.29.21", criticalUnknown, [0x0A, 0x01, (byte)reason]);
        }
        return w.Encode();
    }

    private byte[] Tbs()
    {
        var told = Told ?? Signer.Root;
        // Left to itself the writer grows by small steps.
        var w = new AsnWriter(AsnEncodingRules.DER, 1024 + Serials.Count * 48);
        using (w.PushSequence())
        {
            w.WriteInteger(1);
            Algorithm(w);
            w.WriteEncodedValue(told.SubjectName.RawData);
            w.WriteUtcTime(ThisUpdate);
            if (NextUpdate is { } next) w.WriteUtcTime(next);
            using (w.PushSequence()) WriteEntries(w);
            using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (w.PushSequence())
            {
                Extension(w, "2.5.29.35", false, X509AuthorityKeyIdentifierExtension.CreateFromCertificate(told, true, false).RawData);
                if (Number is { } number) Extension(w, "2.5.29.20", false, Integer(number));
                foreach (var (oid, critical, value) in Further) Extension(w, oid, critical, value);
            }
        }
        return w.Encode();
    }

    private void WriteEntries(AsnWriter w)
    {
        foreach (var serial in Serials)
            using (w.PushSequence())
            {
                w.WriteIntegerUnsigned(Convert.FromHexString(serial));
                w.WriteUtcTime(CertificateRig.Start.AddDays(-1));
            }
        foreach (var entry in Entries) w.WriteEncodedValue(entry);
    }

    private static byte[] Integer(BigInteger number)
    {
        var w = new AsnWriter(AsnEncodingRules.DER);
        w.WriteInteger(number);
        return w.Encode();
    }

    private static void Algorithm(AsnWriter w)
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier("1.2.840.113549.1.1.11");
            w.WriteNull();
        }
    }

    private static void Extension(AsnWriter w, string oid, bool critical, byte[] value)
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(oid);
            if (critical) w.WriteBoolean(true);
            w.WriteOctetString(value);
        }
    }
}
