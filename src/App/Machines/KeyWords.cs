using MyKey.App.Registry;
using MyKey.Identity.Machines;

namespace MyKey.App.Machines;

/// <summary>Keys as screens name them.</summary>
public static class KeyWords
{
    public static string Of(string scope) => scope switch
    {
        MachineScopes.UsesWrite => "お店での利用と取り消し",
        MachineScopes.GrantsWrite => "付与",
        MachineScopes.AttendanceWrite => "施設の利用の記録",
        MachineScopes.LinksRead => "利用者番号を読む",
        MachineScopes.LinksWrite => "利用者番号を読み、登録する",
        MachineScopes.CouponsWrite => "クーポン",
        MachineScopes.PledgesWrite => "ネットでの利用",
        MachineScopes.PayoutsRead => "付与の注文を読む",
        MachineScopes.PremiumsWrite => "マイナポイントの買い物を知らせる",
        _ => scope,
    };

    public static string Of(MachineKeyState state) => state switch
    {
        MachineKeyState.Live => "使えます",
        MachineKeyState.Expired => "期限がすぎました",
        _ => "止めました",
    };

    /// <summary>What a key opens, and where.</summary>
    public static string Of(IReadOnlyList<string> scopes, Guid? shop, RegistryView registry) =>
        string.Join('、', scopes.Select(Of)) + (shop is not { } id ? "" : scopes.Contains(MachineScopes.UsesWrite) ? $"（{registry.Find(new Kernel.AcceptorId(id))?.Name ?? "お店"}）"
            : scopes.Any(s => MachineScopes.OfProviders.Contains(s)) ? $"（{registry.Find(new Kernel.ServiceProviderId(id))?.Name ?? "施設"}）" : "");
}
