using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyKey.Identity.Certificates;
using MyKey.Sandbox.Authority;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: who is let in by a card, and what each signature must be over (S0-1003, S0-5003).</summary>
public class CertificateRulesTests
{
    private static readonly byte[] Challenge = Encoding.ASCII.GetBytes("a challenge of our own");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task S0_1003_a_valid_card_of_every_generation_is_let_in(int generation)
    {
        await using var rig = await CertificateRig.WithLists();
        using var card = CertificateRig.Authority.Issue(generation: generation);

        var tapped = await rig.Identify(card.CertificateDer);
        var signed = await rig.Verify(card.CertificateDer, Challenge, card.Sign(Challenge));

        Assert.Null(signed.Refused);
        Assert.Equal(new AuthCertificate(card.Authority, card.Serial, CertificateRig.Start, CertificateRig.Start.AddYears(5)), signed.Value);
        Assert.Equal(signed, tapped);
    }

    [Fact]
    public async Task S0_1003_a_card_without_certificate_is_cert_missing()
    {
        await using var rig = await CertificateRig.WithLists();
        Assert.Equal("cert_missing", (await rig.Identify([])).Refused?.Code);
        Assert.Equal("cert_missing", (await rig.Verify([], Challenge, [])).Refused?.Code);
    }

    [Fact]
    public async Task S0_1003_a_certificate_holds_to_its_last_second_and_is_cert_expired_after()
    {
        await using var rig = await CertificateRig.WithLists();
        using var card = CertificateRig.Authority.Issue(new CertificateProfile { NotAfter = CertificateRig.Start.AddHours(2) });

        rig.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True((await rig.Identify(card.CertificateDer)).Ok);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("cert_expired", (await rig.Identify(card.CertificateDer)).Refused?.Code);
        using var older = CertificateRig.Authority.IssueExpired();
        Assert.Equal("cert_expired", (await rig.Verify(older.CertificateDer, Challenge, older.Sign(Challenge))).Refused?.Code);
    }

    [Fact]
    public async Task S0_5003_a_signature_with_one_bit_changed_fails_wherever_the_bit_is()
    {
        await using var rig = await CertificateRig.WithLists();
        foreach (var generation in new[] { NationalAuthority.Today, NationalAuthority.Next })
        {
            using var card = CertificateRig.Authority.Issue(generation: generation);
            var signature = card.Sign(Challenge);
            for (var i = 0; i < signature.Length; i += 5)
            {
                var altered = signature.ToArray();
                altered[i] ^= (byte)(1 << (i % 8));
                await Fails(rig, "signature", card.CertificateDer, altered);
            }
        }
    }

    [Fact]
    public async Task S0_5003_a_signature_over_something_else_or_by_someone_else_fails()
    {
        await using var rig = await CertificateRig.WithLists();
        using var card = CertificateRig.Authority.Issue();
        using var other = CertificateRig.Authority.Issue();

        await Fails(rig, "signature", card.CertificateDer, card.Sign("another challenge"u8));
        await Fails(rig, "signature", card.CertificateDer, other.Sign(Challenge));
        await Fails(rig, "signature", card.CertificateDer, card.Rsa!.SignData(Challenge, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        await Fails(rig, "signature", card.CertificateDer, card.Rsa!.SignData(Challenge, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1));
        await Fails(rig, "size", card.CertificateDer, []);
        await Fails(rig, "size", card.CertificateDer, new byte[257]);
        using var next = CertificateRig.Authority.Issue(generation: NationalAuthority.Next);
        await Fails(rig, "signature", next.CertificateDer, next.Ec!.SignData(Challenge, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        await Fails(rig, "signature", next.CertificateDer, next.Ec!.SignData(Challenge, HashAlgorithmName.SHA384));
    }

    [Theory]
    [InlineData(X509RevocationReason.Unspecified, "unspecified")]
    [InlineData(X509RevocationReason.KeyCompromise, "key_compromise")]
    [InlineData(X509RevocationReason.CACompromise, "ca_compromise")]
    [InlineData(X509RevocationReason.AffiliationChanged, "affiliation_changed")]
    [InlineData(X509RevocationReason.Superseded, "superseded")]
    [InlineData(X509RevocationReason.CessationOfOperation, "cessation_of_operation")]
    [InlineData(X509RevocationReason.CertificateHold, "certificate_hold")]
    [InlineData(X509RevocationReason.PrivilegeWithdrawn, "privilege_withdrawn")]
    public async Task S0_1003_every_reason_of_revocation_is_final(X509RevocationReason reason, string name)
    {
        using var card = CertificateRig.Authority.IssueRevoked(reason);
        await using var rig = await CertificateRig.WithLists();

        var refused = (await rig.Verify(card.CertificateDer, Challenge, card.Sign(Challenge))).Refused;

        Assert.Equal("cert_revoked", refused?.Code);
        Assert.Equal(name, refused?.Fact<string>("reason"));
        Assert.Equal(refused, (await rig.Identify(card.CertificateDer)).Refused);
    }

    [Fact]
    public async Task Without_word_of_the_authority_nobody_is_let_in()
    {
        await using var rig = await CertificateRig.New();
        using var card = CertificateRig.Authority.Issue();
        await Fails(rig, "revocation_unknown", card.CertificateDer, card.Sign(Challenge));
        // The list of another generation says nothing about this one.
        await rig.LoadCurrent(generation: 1);
        await Fails(rig, "revocation_unknown", card.CertificateDer, card.Sign(Challenge));
    }

    [Fact]
    public async Task The_rules_say_no_in_their_order()
    {
        var yesterday = CertificateRig.Start.AddDays(-1);
        using var expired = CertificateRig.Authority.Issue(new CertificateProfile { NotBefore = yesterday.AddYears(-5), NotAfter = yesterday });
        using var policyToo = CertificateRig.Authority.Issue(new CertificateProfile { NotBefore = yesterday.AddYears(-5), NotAfter = yesterday, Policies = [] });
        using var revoked = CertificateRig.Authority.IssueRevoked();
        await using var rig = await CertificateRig.WithLists();

        await Fails(rig, "policy", policyToo.CertificateDer, policyToo.Sign(Challenge));
        Assert.Equal("cert_expired", (await rig.Verify(expired.CertificateDer, Challenge, new byte[256])).Refused?.Code);
        // Whoever holds a certificate but not the card learns nothing about its revocation.
        await Fails(rig, "signature", revoked.CertificateDer, new byte[256]);
    }

    private static async Task Fails(CertificateRig rig, string why, byte[] certificateDer, byte[] signature)
    {
        var refused = (await rig.Verify(certificateDer, Challenge, signature)).Refused;
        Assert.Equal(("auth_failed", why), (refused?.Code, refused?.Fact<string>("why")));
    }
}
