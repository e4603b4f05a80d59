using MyKey.Sandbox.Authority;

namespace MyKey.Sandbox.Cards;

/// <summary>The cards that lie in the tray of a sandbox started for the first time, one for each case that a person can try.</summary>
public static class FirstCards
{
    public const string Pin = "1234";

    /// <summary>Does nothing where there are cards already.</summary>
    public static void Make(string folder, NationalAuthority authority)
    {
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFiles(folder, "*.json").Any()) return;
        // People with a card for some time: who has just got one waits an hour before applying (K-03), as with fresh-1.
        var held = new CertificateProfile { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) };
        Save(Demo.DemoTown.AsanCard, "Aさん（MY123456）", authority.Issue(held), CardFile.AllTries);
        Save(Demo.DemoTown.BsanCard, "Bさん（MY654321）", authority.Issue(held), CardFile.AllTries);
        Save(Demo.DemoTown.KawasakiCard, "A0100001 の人", authority.Issue(held), CardFile.AllTries);
        Save(Demo.DemoTown.LargeCard, "C0500005 の人", authority.Issue(held), CardFile.AllTries);
        Save("fresh-1", "はじめてのカード 1", authority.Issue(), CardFile.AllTries);
        Save("fresh-2", "はじめてのカード 2", authority.Issue(held), CardFile.AllTries);
        Save("locked", "暗証番号がロックされたカード", authority.Issue(), 0);
        Save("expired", "期限がすぎたカード", authority.IssueExpired(), CardFile.AllTries);
        Save("revoked", "止められたカード", authority.IssueRevoked(), CardFile.AllTries);

        void Save(string name, string label, SandboxCard card, int tries)
        {
            using (card) (CardFile.Of(label, card.CertificateDer, card.RootDer, card.Rsa!, Pin) with { Tries = tries }).Save(Path.Combine(folder, name + ".json"));
        }
    }
}
