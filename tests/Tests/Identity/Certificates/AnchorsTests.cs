using MyKey.Identity.Certificates;
using MyKey.Sandbox.Authority;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: the App starts with roots that may be trusted, or not at all.</summary>
public class AnchorsTests
{
    private static readonly NationalAuthority Authority = CertificateRig.Authority;

    [Fact]
    public void All_generations_are_pinned_by_their_keys()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mykey-anchors-").FullName, "anchors.pem");
        File.WriteAllText(file, Authority.AnchorsPem());

        var anchors = Anchors.Load(file, loopbackOnly: true);

        Assert.Equal(Authority.UserAuthentication.Select(g => g.Authority), anchors.All.Select(a => a.Authority));
        Assert.Single(anchors.All.Select(a => a.Certificate.Subject).Distinct());
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public void Roots_of_the_sandbox_are_refused_where_others_can_connect() => Refused("sandbox", Authority.AnchorsPem(), loopbackOnly: false);

    [Fact]
    public void Roots_of_another_organisation_serve_everywhere()
    {
        using var other = AuthorityKey.Make(AuthorityKey.UserAuthentication, CardKey.Rsa2048, CertificateRig.Start, "JPKI-TEST");
        Assert.Single(Anchors.Read(other.Root.ExportCertificatePem(), loopbackOnly: false).All);
    }

    [Fact]
    public void The_signing_authority_is_never_an_anchor() =>
        Refused("OU=JPKI for user authentication", Authority.AnchorsPem() + Authority.Signing.Root.ExportCertificatePem());

    [Fact]
    public void A_citizens_certificate_is_no_anchor()
    {
        using var card = Authority.Issue();
        Refused("not a root", System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", card.CertificateDer));
    }

    [Fact]
    public void An_empty_file_is_refused() => Refused("no certificate", "");

    private static void Refused(string why, string pem, bool loopbackOnly = true) =>
        Assert.Contains(why, Assert.Throws<InvalidDataException>(() => Anchors.Read(pem, loopbackOnly)).Message);
}
