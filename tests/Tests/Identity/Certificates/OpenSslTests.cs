using System.Security.Cryptography.X509Certificates;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Kernel;
using MyKey.Tests.Support;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: certificates, a list and a signature that OpenSSL 3.0 made (November 2026, keys thrown away) are read as they were meant.</summary>
public class OpenSslTests
{
    private const string Signature = """
        gk8dRfLq/wOApohu8mqyaF1We568+TIaQF5Zsn1cso56lvV6lQRbcuYKeNznpMAPxNEJLWqA30+hR8+k9xHIBdBfHzzC0zLFrvvyoYFtHJ0qy2t4lkSUzmhMJc1aivm8
        zlJnoG/ZqFAiDPXKWda/NmOJlb0t2+vNpaG+Q3xaFq4kgrs8etcwh3Roui48zj5XpNbOr7EqoFoctsAm/afuEIMwvbEkLbySYgnV8LjsaRyx8W8fSb7hkPEoqwikN3MW
        7cXpWVwJeTAlOEkGY7dwfFscivh8/aF+IbD97L1QO1DGpYebYmmESJRHTOS+BWIvcNjcj7R5Ji1gB3V1pKkH/g==
        """;

    [Fact]
    public async Task What_another_program_made_is_believed_and_its_revocation_too()
    {
        var pem = Pem();
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        var clock = new TestClock(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        await using var test = await TestDatabase.New(MyKey.Kernel.Db.Engine.Sqlite);
        var anchors = Anchors.Read(certificates[0].ExportCertificatePem(), loopbackOnly: true);
        using var lists = new ListsInForce(test.Database, clock);
        var rules = new CertificateRules(anchors, new CrlRevocation(test.Database, lists, clock), clock);
        var fields = System.Security.Cryptography.PemEncoding.Find(pem.AsSpan(pem.IndexOf("-----BEGIN X509 CRL", StringComparison.Ordinal)));
        var crl = Convert.FromBase64String(pem[pem.IndexOf("-----BEGIN X509 CRL", StringComparison.Ordinal)..][fields.Base64Data]);

        Assert.Equal(CrlVerdict.Loaded, await new LoadCrl(test.Database, anchors, lists, new Log(clock, Buckets.Default), clock).Load(crl, CancellationToken.None));
        var good = await rules.Verify(certificates[1].RawData, "signed by another program"u8.ToArray(), Convert.FromBase64String(Signature), CancellationToken.None);
        var revoked = await rules.Identify(certificates[2].RawData, CancellationToken.None);

        Assert.Null(good.Refused);
        Assert.Equal("ff01a2", good.Value.Serial);
        Assert.Equal(Refusal.Of("cert_revoked", ("reason", "superseded")), revoked.Refused);
    }

    private static string Pem()
    {
        using var reader = new StreamReader(typeof(OpenSslTests).Assembly.GetManifestResourceStream("MyKey.Tests.Identity.Certificates.openssl.pem")!);
        return reader.ReadToEnd();
    }
}
