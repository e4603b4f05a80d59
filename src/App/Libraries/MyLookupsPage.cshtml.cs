using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Libraries;

/// <summary>見られた記録: time, provider and kind of call; after some days the kind of provider only (K-33).</summary>
public sealed class MyLookupsPage(Lookups lookups, RegistryCache registry, Settings settings, TimeProvider clock) : CitizenPage
{
    private RegistryView view = null!;

    public IReadOnlyList<Lookup> Rows { get; private set; } = [];

    public long Days { get; private set; }

    public string NameOf(Lookup row) => (row.Provider is { } id ? view.Find(id)?.Name : view.ProviderKinds.FirstOrDefault(k => k.Code == row.Kind)?.Name) ?? "施設";

    public async Task OnGet(CancellationToken stop)
    {
        (view, Rows) = (await registry.View(), await lookups.Of(Citizen.Id, stop));
        Days = (await settings.View()).Number(ReduceLookups.Days, new SettingScope(), clock.NowMs());
    }

    public static string Word(DeskKind device) => device switch { DeskKind.Counter => "窓口", DeskKind.Machine => "自動貸出機", _ => "施設のシステム" };

    public static string Word(LookupAnswer answer) => answer switch { LookupAnswer.Told => "出した", LookupAnswer.Blocked => "見せなかった", _ => "登録がなかった" };
}
