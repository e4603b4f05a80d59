using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Sandbox.Authority;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: card signatures are read as published vectors demand, through the rules themselves.</summary>
public class SignatureVectorTests(SharedRig shared) : IClassFixture<SharedRig>
{
    private static readonly string[][] Rows = [.. Lines().Skip(2).Select(l => l.Split(';'))];

    [Theory]
    [InlineData("rsa")]
    [InlineData("ec")]
    public async Task S0_5003_wycheproof(string kind)
    {
        var key = PublicKey.CreateFromSubjectPublicKeyInfo(Convert.FromHexString(Rows.Single(r => r[0] == "key" && r[1] == kind)[2]), out _);
        using var card = CertificateRig.Authority.Issue(new CertificateProfile { PublicKey = key });
        var vectors = Rows.Where(r => r[0] == kind).ToList();
        Assert.Contains(vectors, v => v[2] == "valid");
        foreach (var vector in vectors)
        {
            var result = await shared.Rig.Verify(card.CertificateDer, Convert.FromHexString(vector[3]), Convert.FromHexString(vector[4]));
            // "acceptable" are old habits such as a missing NULL: not accepted here.
            Assert.True(result.Ok == (vector[2] == "valid"), $"{kind} {vector[1]}: {result.Refused}");
        }
    }

    /// <summary>RFC 6979 A.2.6, P-384 with SHA-384, message "sample".</summary>
    [Fact]
    public async Task S0_5003_rfc6979_p384()
    {
        var point = new ECPoint
        {
            X = Convert.FromHexString("EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13"),
            Y = Convert.FromHexString("8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720"),
        };
        var r = "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46";
        var s = "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8";
        using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, Q = point });
        var rig = shared.Rig;
        using var card = CertificateRig.Authority.Issue(new CertificateProfile { PublicKey = new PublicKey(ec) }, NationalAuthority.Next);

        Assert.True((await rig.Verify(card.CertificateDer, "sample"u8.ToArray(), Convert.FromHexString($"3066023100{r}023100{s}"))).Ok);
        Assert.False((await rig.Verify(card.CertificateDer, "sampel"u8.ToArray(), Convert.FromHexString($"3066023100{r}023100{s}"))).Ok);
    }

    private static IEnumerable<string> Lines()
    {
        using var reader = new StreamReader(typeof(SignatureVectorTests).Assembly.GetManifestResourceStream("MyKey.Tests.Identity.Certificates.wycheproof.csv")!);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
