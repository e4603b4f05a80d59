using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Sandbox.Authority;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: every rule has a certificate that breaks this rule alone, and is the one that refuses it.</summary>
public class BadCertificateTests(SharedRig shared) : IClassFixture<SharedRig>
{
    private static readonly Dictionary<string, (string Why, Func<NationalAuthority, byte[]> Make)> Bad = new()
    {
        ["oversized"] = ("size", a => With(a, new CertificateProfile { Further = [Note(4000)] })),
        ["trailing byte"] = ("form", a => [.. With(a, new CertificateProfile()), 0]),
        ["truncated"] = ("form", a => With(a, new CertificateProfile())[..^1]),
        ["indefinite length"] = ("form", a => Indefinite(With(a, new CertificateProfile()))),
        ["PEM instead of DER"] = ("form", a => System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", With(a, new CertificateProfile())))),
        ["not a certificate"] = ("form", _ => [0x30, 0x03, 0x02, 0x01, 0x05]),
        ["signature of the authority altered"] = ("untrusted", a => Altered(With(a, new CertificateProfile()))),
        ["no issuer key id"] = ("untrusted", a => With(a, new CertificateProfile { TellsIssuerKey = false })),
        ["unknown critical extension"] = ("untrusted", a => With(a, new CertificateProfile { Further = [new X509Extension("1.2.3.4", [5, 0], critical: true)] })),
        ["the root itself"] = ("untrusted", a => a.UserAuthentication[1].Root.RawData),
        ["the signing certificate"] = ("untrusted", a => Der(a.IssueSigning())),
        ["signing authority, user-authentication profile"] = ("untrusted", a => Der(a.IssueSigning(new CertificateProfile()))),
        ["foreign root of the same name"] = ("untrusted", a => Forged(a, tellOwnKey: true)),
        ["foreign root of the same name that tells our key id"] = ("untrusted", a => Forged(a, tellOwnKey: false)),
        ["another issuer's name over our signature"] = ("untrusted", Renamed),
        ["signed with SHA-512"] = ("untrusted", a => Signed(a, HashAlgorithmName.SHA512)),
        ["key usage of the signing certificate"] = ("key_usage", a => With(a, new CertificateProfile { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation })),
        ["key usage without digitalSignature"] = ("key_usage", a => With(a, new CertificateProfile { KeyUsage = X509KeyUsageFlags.KeyEncipherment })),
        ["policy of the signing certificate"] = ("policy", a => With(a, new CertificateProfile { Policies = [CertificateProfile.SigningPolicy] })),
        ["any policy"] = ("policy", a => With(a, new CertificateProfile { Policies = ["2.5.29.32.0"] })),
        ["no policy"] = ("policy", a => With(a, new CertificateProfile { Policies = [] })),
        ["both policies"] = ("policy", a => With(a, new CertificateProfile { Policies = [CertificateProfile.UserAuthenticationPolicy, CertificateProfile.SigningPolicy] })),
        ["CA:TRUE"] = ("authority", a => With(a, new CertificateProfile { CertificateAuthority = true })),
        ["RSA-3072"] = ("algorithm", a => With(a, new CertificateProfile { PublicKey = new PublicKey(RSA.Create(3072)) })),
        ["exponent 3"] = ("algorithm", a => With(a, new CertificateProfile { PublicKey = new PublicKey(RSA.Create(new RSAParameters { Modulus = Enumerable.Repeat((byte)0xC1, 256).ToArray(), Exponent = [3] })) })),
        ["a point beside the curve"] = ("form", a => With(a, new CertificateProfile { PublicKey = new PublicKey(new Oid("1.2.840.10045.2.1"), new AsnEncodedData([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]), new AsnEncodedData([4, .. Enumerable.Repeat((byte)7, 96)])) })),
        ["P-256"] = ("algorithm", a => With(a, new CertificateProfile { PublicKey = new PublicKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) })),
        ["not yet valid"] = ("not_yet_valid", a => With(a, new CertificateProfile { NotBefore = CertificateRig.Start.AddSeconds(1) })),
    };

    public static TheoryData<string> Kinds => [.. Bad.Keys];

    [Theory, MemberData(nameof(Kinds))]
    public async Task S0_1003_is_auth_failed_by_its_own_rule(string kind)
    {
        var rig = shared.Rig;
        var (why, make) = Bad[kind];
        var certificate = make(CertificateRig.Authority);

        var refused = (await rig.Identify(certificate)).Refused;

        Assert.Equal(("auth_failed", why), (refused?.Code, refused?.Fact<string>("why")));
        Assert.Equal(refused, (await rig.Verify(certificate, [1], new byte[256])).Refused);
    }

    [Fact]
    public async Task An_extension_that_is_not_critical_and_CA_FALSE_do_no_harm()
    {
        var rig = shared.Rig;
        var certificate = With(CertificateRig.Authority, new CertificateProfile { CertificateAuthority = false, Further = [Note(100)] });
        Assert.Null((await rig.Identify(certificate)).Refused);
    }

    [Fact]
    public async Task No_altered_byte_of_a_certificate_is_let_in_or_breaks_the_rules()
    {
        var rig = shared.Rig;
        using var card = CertificateRig.Authority.Issue();
        for (var i = 0; i < card.CertificateDer.Length; i += 3)
        {
            var altered = card.CertificateDer.ToArray();
            altered[i] ^= 0x15;
            Assert.Equal("auth_failed", (await rig.Identify(altered)).Refused?.Code);
        }
    }

    private static byte[] With(NationalAuthority authority, CertificateProfile profile) => Der(authority.Issue(profile));

    private static byte[] Der(SandboxCard card)
    {
        using (card) return card.CertificateDer;
    }

    private static byte[] Altered(byte[] der)
    {
        der[^1] ^= 1;
        return der;
    }

    private static X509Extension Note(int bytes) => new("1.2.3.4", [0x04, 0x82, (byte)(bytes >> 8), (byte)(bytes & 0xFF), .. new byte[bytes]], critical: false);

    private static byte[] Indefinite(byte[] der) => [0x30, 0x80, .. der[4..], 0, 0];

    private static byte[] Forged(NationalAuthority authority, bool tellOwnKey)
    {
        using var foreign = AuthorityKey.Make(AuthorityKey.UserAuthentication, CardKey.Rsa2048, CertificateRig.Start.AddYears(-1));
        Assert.Equal(authority.UserAuthentication[1].Root.Subject, foreign.Root.Subject);
        return Sign(foreign, tellOwnKey ? foreign.Root : authority.UserAuthentication[1].Root, HashAlgorithmName.SHA256);
    }

    private static byte[] Signed(NationalAuthority authority, HashAlgorithmName hash) => Sign(authority.UserAuthentication[1], authority.UserAuthentication[1].Root, hash);

    private static byte[] Renamed(NationalAuthority authority)
    {
        var root = authority.UserAuthentication[1].Root;
        using var signing = root.GetRSAPrivateKey();
        using var key = RSA.Create(2048);
        var request = new CertificateProfile().Request(new PublicKey(key), root, HashAlgorithmName.SHA256, null);
        var generator = X509SignatureGenerator.CreateForRSA(signing!, RSASignaturePadding.Pkcs1);
        using var made = request.Create(new X500DistinguishedName("OU=Somebody, O=SANDBOX, C=JP"), generator, CertificateRig.Start, CertificateRig.Start.AddYears(5), [0x41, 1, 2, 3]);
        return made.RawData;
    }

    private static byte[] Sign(AuthorityKey by, X509Certificate2 told, HashAlgorithmName hash)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateProfile().Request(new PublicKey(key), told, hash, null);
        return by.Issue(request, CertificateRig.Start, CertificateRig.Start.AddYears(5), [0x41, 1, 2, 3]);
    }
}
