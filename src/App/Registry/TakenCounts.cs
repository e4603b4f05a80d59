using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>How many acceptors take whose points (S2-P17f): by what stands where and the rules of kinds, then by what an issuer has decided for single ones; so nobody looks at hundreds of thousands of acceptors.</summary>
public sealed class TakenCounts
{
    private readonly RegistryView view;
    private readonly Dictionary<string, int> byKind;
    private readonly Dictionary<(string Kind, int Prefecture), int> byPrefecture;
    private readonly ILookup<MunicipalityCode, (AcceptorId Acceptor, bool Allowed)> single;

    internal TakenCounts(RegistryView view)
    {
        this.view = view;
        byKind = view.Standing.Rows.GroupBy(s => s.Key.Kind).ToDictionary(g => g.Key, g => g.Sum(s => s.Value));
        byPrefecture = view.Standing.Rows.GroupBy(s => (s.Key.Kind, s.Key.Town.Prefecture)).ToDictionary(g => g.Key, g => g.Sum(s => s.Value));
        single = view.Single.Rows.Where(s => s.Value is not null).ToLookup(s => s.Key.Issuer, s => (s.Key.Acceptor, s.Value == true));
    }

    /// <summary>As many as <see cref="RegistryView.AcceptedHere"/> would accept of a kind.</summary>
    public int Of(MunicipalityCode issuer, AcceptorKind kind)
    {
        var area = view.AreaOf(issuer, kind.Code);
        var count = area switch
        {
            UsageArea.None => 0,
            UsageArea.Anywhere => byKind.GetValueOrDefault(kind.Code),
            UsageArea.Own when !issuer.IsPrefecture => view.Standing.GetValueOrDefault((kind.Code, issuer)),
            _ => byPrefecture.GetValueOrDefault((kind.Code, issuer.Prefecture)),
        };
        foreach (var (id, allowed) in single[issuer])
            if (view.Find(id) is { Takes: true } acceptor && acceptor.Kind == kind && RegistryView.Within(area, issuer, acceptor.Municipality) != allowed) count += allowed ? 1 : -1;
        return count;
    }
}
