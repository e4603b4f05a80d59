using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Sandbox.Authority;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: a list with any one defect leaves things as they were.</summary>
public class BadCrlTests
{
    private static readonly byte[] Unknown = [0x30, 0x00];

    private static readonly AuthorityKey Foreign = AuthorityKey.Make(AuthorityKey.UserAuthentication, CardKey.Rsa2048, CertificateRig.Start.AddYears(-1));

    private static readonly Dictionary<string, (CrlVerdict Verdict, Func<byte[]> Make)> Bad = new()
    {
        ["not DER"] = (CrlVerdict.Malformed, () => "<html>Not found</html>"u8.ToArray()),
        ["empty"] = (CrlVerdict.Malformed, () => []),
        ["truncated"] = (CrlVerdict.Malformed, () => new CrlSample().Der()[..^1]),
        ["trailing byte"] = (CrlVerdict.Malformed, () => [.. new CrlSample().Der(), 0]),
        ["a certificate"] = (CrlVerdict.Malformed, () => CertificateRig.Authority.UserAuthentication[1].Root.RawData),
        ["no number"] = (CrlVerdict.Malformed, () => new CrlSample { Number = null }.Der()),
        ["negative number"] = (CrlVerdict.Malformed, () => new CrlSample { Number = -1 }.Der()),
        ["no nextUpdate"] = (CrlVerdict.Malformed, () => new CrlSample { NextUpdate = null }.Der()),
        ["delta list"] = (CrlVerdict.Malformed, () => new CrlSample { Further = [("2.5.29.27", true, [0x02, 0x01, 0x01])] }.Der()),
        ["unknown critical extension"] = (CrlVerdict.Malformed, () => new CrlSample { Further = [("1.2.3.4", true, Unknown)] }.Der()),
        ["for authorities only"] = (CrlVerdict.Malformed, () => new CrlSample { Further = [("2.5.29.28", true, [0x30, 0x03, 0x82, 0x01, 0xFF])] }.Der()),
        ["for some reasons only"] = (CrlVerdict.Malformed, () => new CrlSample { Further = [("2.5.29.28", true, [0x30, 0x04, 0x83, 0x02, 0x06, 0x40])] }.Der()),
        ["indirect"] = (CrlVerdict.Malformed, () => new CrlSample { Further = [("2.5.29.28", true, [0x30, 0x03, 0x84, 0x01, 0xFF])] }.Der()),
        ["entry with an unknown critical extension"] = (CrlVerdict.Malformed, () => new CrlSample { Entries = [CrlSample.Entry("41", 0, criticalUnknown: true)] }.Der()),
        ["signature altered"] = (CrlVerdict.Untrusted, () => Altered(new CrlSample().Der())),
        ["signed by another generation"] = (CrlVerdict.Untrusted, () => new CrlSample { Signer = CertificateRig.Authority.UserAuthentication[0], Told = CertificateRig.Authority.UserAuthentication[1].Root }.Der()),
        ["of the signing authority"] = (CrlVerdict.Untrusted, () => new CrlSample { Signer = CertificateRig.Authority.Signing }.Der()),
        ["of a foreign root of the same name"] = (CrlVerdict.Untrusted, () => new CrlSample { Signer = Foreign }.Der()),
        ["of a foreign root that tells our key id"] = (CrlVerdict.Untrusted, () => new CrlSample { Signer = Foreign, Told = CertificateRig.Authority.UserAuthentication[1].Root }.Der()),
        ["past its nextUpdate"] = (CrlVerdict.Stale, () => new CrlSample { NextUpdate = CertificateRig.Start }.Der()),
        ["of tomorrow"] = (CrlVerdict.NotYetValid, () => new CrlSample { ThisUpdate = CertificateRig.Start.AddMinutes(6) }.Der()),
    };

    public static TheoryData<string> Kinds => [.. Bad.Keys];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Is_not_loaded_and_the_one_before_stays(string kind)
    {
        await using var rig = await CertificateRig.New();
        using var card = CertificateRig.Authority.Issue();
        var (verdict, make) = Bad[kind];
        Assert.Equal(verdict, await rig.Load.Load(make(), CancellationToken.None));
        Assert.Equal(Revocation.Unknown, await rig.StateOf(card));

        await CrlTests.Verdict(rig, CrlVerdict.Loaded, new CrlSample { Number = 1, Serials = [card.Serial] });
        Assert.Equal(verdict, await rig.Load.Load(make(), CancellationToken.None));
        Assert.Equal(RevocationState.Revoked, (await rig.StateOf(card)).State);
    }

    [Fact]
    public async Task Cut_off_anywhere_it_is_malformed()
    {
        await using var rig = await CertificateRig.New();
        var der = new CrlSample { Entries = [CrlSample.Entry("41", 4)] }.Der();
        for (var length = 0; length < der.Length; length += 3)
            Assert.Equal(CrlVerdict.Malformed, await rig.Load.Load(der.AsMemory(0, length), CancellationToken.None));
    }

    private static byte[] Altered(byte[] der)
    {
        der[^1] ^= 1;
        return der;
    }
}
