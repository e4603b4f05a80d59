using System.Formats.Asn1;
using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: only a fresh, whole, newer list of the right authority counts, and no list ever makes a revoked card good.</summary>
public class CrlTests
{
    public static TheoryData<Engine> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task The_next_list_takes_the_place_of_the_one_before(Engine engine)
    {
        await using var rig = await CertificateRig.New(engine);
        using var card = CertificateRig.Authority.Issue();
        Assert.Equal(Revocation.Unknown, await rig.StateOf(card));

        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Number = 8 });
        Assert.Equal(Revocation.Good, await rig.StateOf(card));
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Number = 9, Entries = [CrlSample.Entry(card.Serial, 4), CrlSample.Entry("77", 1)] });
        Assert.Equal(Revocation.Revoked(RevocationReason.Superseded), await rig.StateOf(card));

        await using var connection = await rig.Database.Open();
        Assert.Equal([(8, 2, 0), (9, 1, 2)], await connection.QueryAsync<(int, int, int)>("select cast(number as int), state, entries from idn_crl order by 1"));
        Assert.Equal(2, await connection.QuerySingleAsync<int>("select coalesce(sum(length(entries)), 0) / 21 from idn_revoked_run"));
        Assert.Equal(["8, 0 entries", "9, 2 entries"], await connection.QueryAsync<string>("select after from log_operation where action = 'crl.loaded' order by 1"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Numbers_never_go_back(Engine engine)
    {
        await using var rig = await CertificateRig.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var list = new CrlSample { Number = 100, Serials = [card.Serial] };
        await Verdict(rig, CrlVerdict.Loaded, list);

        await Verdict(rig, CrlVerdict.Unchanged, list);
        await Verdict(rig, CrlVerdict.NumberBack, new CrlSample { Number = 99 });
        await Verdict(rig, CrlVerdict.NumberBack, new CrlSample { Number = 100 });
        Assert.Equal(RevocationState.Revoked, (await rig.StateOf(card)).State);
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Number = System.Numerics.BigInteger.Pow(2, 158) });
        await Verdict(rig, CrlVerdict.NumberBack, list);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_stale_list_is_no_word_but_what_it_revoked_stays_revoked(Engine engine)
    {
        await using var rig = await CertificateRig.New(engine);
        using var card = CertificateRig.Authority.Issue();
        using var revoked = CertificateRig.Authority.Issue();
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Serials = [revoked.Serial] });

        rig.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(Revocation.Good, await rig.StateOf(card));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Revocation.Unknown, await rig.StateOf(card));
        Assert.Equal(RevocationState.Revoked, (await rig.StateOf(revoked)).State);
        Assert.Equal("revocation_unknown", (await rig.Identify(card.CertificateDer)).Refused?.Fact<string>("why"));
        await Verdict(rig, CrlVerdict.Stale, new CrlSample { Number = 2_000 });
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_list_for_one_distribution_point_covers_its_certificates_only(Engine engine)
    {
        await using var rig = await CertificateRig.New(engine);
        var root = CertificateRig.Authority.UserAuthentication[NationalAuthority.Today - 1].Root;
        using var card = CertificateRig.Authority.Issue();
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Further = [("2.5.29.28", true, IssuingPoint("CN=Elsewhere, O=SANDBOX, C=JP"))] });
        Assert.Equal("revocation_unknown", (await rig.Identify(card.CertificateDer)).Refused?.Fact<string>("why"));

        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Further = [("2.5.29.28", true, IssuingPoint(root.Subject))] });
        Assert.Null((await rig.Identify(card.CertificateDer)).Refused);
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Number = 1_001, Serials = [card.Serial], Further = [("2.5.29.28", true, IssuingPoint(root.Subject))] });
        Assert.Equal("cert_revoked", (await rig.Identify(card.CertificateDer)).Refused?.Code);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Half_a_million_entries_are_swapped_in_and_out(Engine engine)
    {
        await using var rig = await CertificateRig.New(engine);
        var serials = Serials(500_000);
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Serials = serials });
        await Verdict(rig, CrlVerdict.Loaded, new CrlSample { Number = 1_001, Serials = Serials(3) });

        await using var connection = await rig.Database.Open();
        Assert.Equal([500_000, 3], await connection.QueryAsync<int>("select entries from idn_crl order by number"));
        Assert.Equal(3, await connection.QuerySingleAsync<int>("select coalesce(sum(length(entries)), 0) / 21 from idn_revoked_run"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_a_broken_load_left_behind_is_never_in_force_and_goes_away(Engine engine)
    {
        await using var rig = await CertificateRig.New(engine);
        using var card = CertificateRig.Authority.Issue();
        // The second chunk of entries is malformed, so the first is in the database when the reading ends.
        await Verdict(rig, CrlVerdict.Malformed, new CrlSample { Serials = Serials(20_000), Entries = [CrlSample.Entry("41", 0, criticalUnknown: true)] });
        Assert.Equal(Revocation.Unknown, await rig.StateOf(card));

        await Verdict(rig, CrlVerdict.Loaded, new CrlSample());
        await using var connection = await rig.Database.Open();
        Assert.Equal(0, await connection.QuerySingleAsync<int>("select coalesce(sum(length(entries)), 0) / 21 from idn_revoked_run"));
        Assert.Equal([1, 3], await connection.QueryAsync<int>("select state from idn_crl order by state"));
    }

    internal static async Task Verdict(CertificateRig rig, CrlVerdict expected, CrlSample sample) =>
        Assert.Equal(expected, await rig.Load.Load(sample.Der(), CancellationToken.None));

    private static List<string> Serials(int count) =>
        [.. Enumerable.Range(0x10000000, count).Select(n => n.ToString("x8", System.Globalization.CultureInfo.InvariantCulture))];

    private static byte[] IssuingPoint(string name)
    {
        var w = new AsnWriter(AsnEncodingRules.DER);
        var tag0 = new Asn1Tag(TagClass.ContextSpecific, 0);
        using (w.PushSequence())
        {
            using (w.PushSequence(tag0))
            using (w.PushSequence(tag0))
            using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4)))
                w.WriteEncodedValue(new System.Security.Cryptography.X509Certificates.X500DistinguishedName(name).RawData);
            w.WriteBoolean(true, new Asn1Tag(TagClass.ContextSpecific, 1));
        }
        return w.Encode();
    }
}
