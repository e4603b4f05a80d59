using MyKey.Identity.Certificates;
using MyKey.Sandbox.Authority;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>Goal: the sandbox authority is the same after a restart.</summary>
public class NationalAuthorityTests
{
    [Fact]
    public void Keys_books_and_list_numbers_outlive_the_process()
    {
        var folder = Directory.CreateTempSubdirectory("mykey-authority-").FullName;
        var clock = new TestClock(CertificateRig.Start);
        string pem, anchors, kept;
        using (var before = NationalAuthority.Open(folder, clock))
        {
            using var first = before.Issue();
            using var second = before.Renew(first);
            (pem, anchors, kept) = (second.ToPem(), before.AnchorsPem(), first.Serial);
            before.Crl();
        }

        using var after = NationalAuthority.Open(folder, clock);
        using var card = SandboxCard.FromPem(pem);

        Assert.Equal(anchors, after.AnchorsPem());
        Assert.Equal(("renewed", kept), (after.Find(card.Authority, card.Serial)!.Cause, after.Find(card.Authority, card.Serial)!.PredecessorSerial));
        Assert.NotNull(after.Find(card.Authority, kept)!.Revoked);
        System.Security.Cryptography.X509Certificates.CertificateRevocationListBuilder.Load(after.Crl(), out var number);
        Assert.Equal(2, number);
        Assert.Equal(after.UserAuthentication[1].Authority, Anchors.AuthorityOf(after.UserAuthentication[1].Root));
        Directory.Delete(folder, recursive: true);
    }
}
