using MyKey.App.Registry;
using MyKey.App.Settlement;
using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.Office.Joining;

/// <summary>One thing a capability needs before it goes live.</summary>
/// <param name="Done">Told by the facts.</param>
/// <param name="Now">What is there.</param>
/// <param name="Mend">The page that mends it; null where somebody else does.</param>
public sealed record JoiningNeed(string Key, string What, bool Done, string Now, string? Mend);

/// <summary>A capability with its needs.</summary>
/// <param name="Entry">What is said of it; null: nothing yet.</param>
public sealed record CapabilityNeeds(CapabilityKind Kind, Capability? Entry, IReadOnlyList<JoiningNeed> Needs)
{
    public IEnumerable<JoiningNeed> Missing => Needs.Where(n => !n.Done);

    /// <returns>null when nothing is missing, or <c>capability_incomplete</c> (missing).</returns>
    public Refusal? Incomplete => Missing.Any() ? Refusal.Of("capability_incomplete", ("missing", string.Join("、", Missing.Select(n => n.What)))) : null;
}

/// <summary>The one list of what is needed for what (S2-P8d, S2-P15b).</summary>
public static class JoiningNeeds
{
    private static readonly Dictionary<string, string[]> Of = new()
    {
        // Whoever takes points is paid from the municipality's account. Grants and mynapoint pay nobody by themselves.
        // A library's municipality need not be a member, nor have points (K-24).
        ["library"] = ["library", "library_desk"],
        ["online"] = ["member", "brand", "expiry", "issuing", "account", "online"],
        ["shops"] = ["member", "brand", "expiry", "issuing", "account", "usage", "shop", "till"],
        ["tickets"] = ["member", "brand", "expiry", "issuing", "account", "usage", "shop", "ticket_office"],
        ["vouchers"] = ["member", "brand", "expiry", "issuing", "account", "vouchers"],
        ["grants"] = ["member", "brand", "expiry", "issuing", "people", "budget"],
        ["mynapoint"] = ["member", "people", "offer"],
    };

    /// <summary>Every need with its state, in the order in which a municipality meets it.</summary>
    public static IReadOnlyList<JoiningNeed> All(JoiningFacts f) =>
    [
        new("member", "協議会の会員", f.Municipality.IsMemberOn(f.Today), f.Municipality.MemberFrom is { } from ? $"{Words.Day(from)}から" : "会員ではありません", "/navi/joining"),
        new("brand", "ポイントの名前", f.Municipality.Brand is not null, f.Municipality.Brand ?? "まだ決めていません", "/office/points"),
        new("expiry", "ポイントの期限", f.Municipality.Expiry is not null, f.Municipality.Expiry is { } rule ? rule.Months > 0 ? $"{rule.Months}か月" : $"{rule.Days}日" : "まだ決めていません", "/office/points"),
        new("issuing", "ポイントの発行", f.Municipality.State == MunicipalityState.Live, f.Municipality.State switch { MunicipalityState.Live => "発行しています", MunicipalityState.Closed => "発行を終えました", _ => "まだ始めていません" }, "/office/joining"),
        new("account", "自治体の口座", f.HasAccount, f.HasAccount ? "決まっています" : "まだ決めていません", AccountsPage.Here),
        new("usage", "使えるお店の決まり", f.HasRule, f.HasRule ? "決まっています" : "まだ決めていません", "/office/rules"),
        new("people", "付与する人と承認する人", f.TwoPeople, f.TwoPeople ? "別の2人がいます" : "別の2人が、まだそろっていません", "/office/staff"),
        new("budget", "予算のある施策", f.Funded > 0, $"{f.Funded}件", "/office/programmes"),
        new("shop", "ポイントを使えるお店", f.Shops > 0, $"{f.Shops}店", "/office/shops"),
        new("till", "お店の端末", f.Tills > 0, $"{f.Tills}台", "/office/shops"),
        new("ticket_office", "券を出す端末", f.TicketOffices > 0, $"{f.TicketOffices}台", "/office/shops"),
        new("library", "図書館の登録", f.Libraries > 0, $"{f.Libraries}館", "/office/providers"),
        new("library_desk", "図書館の端末かシステム", f.LibraryDesks > 0, $"{f.LibraryDesks}台", "/office/providers"),
        new("online", "売ってくれるサイト", f.OnlineSites > 0, $"{f.OnlineSites}サイト", null),
        new("vouchers", "窓口の商品券", f.VoucherSheets > 0, $"{Words.Digits(f.VoucherSheets)}枚", "/office/vouchers"),
        new("offer", "公開した募集", f.Offers > 0, $"{f.Offers}件", "/office/offers"),
    ];

    public static IReadOnlyList<CapabilityNeeds> Read(IReadOnlyList<JoiningNeed> needs, IReadOnlyList<Capability> said)
    {
        var all = needs.ToDictionary(n => n.Key);
        return [.. CapabilityKind.All.Select(k => new CapabilityNeeds(k, said.FirstOrDefault(c => c.Kind == k), [.. Of[k.Code].Select(key => all[key])]))];
    }
}
