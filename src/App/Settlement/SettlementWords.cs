using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.StreetCards;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Settlement in the words of its screens.</summary>
public static class SettlementWords
{
    public static string Yen(long yen) => $"{Words.Digits(yen)}円";

    public static string Of(ClaimState state) => state switch
    {
        ClaimState.Open => "請求を待っています",
        ClaimState.Claimed => "請求されました",
        ClaimState.Objected => "額がちがうと申し出がありました",
        ClaimState.Proposed => "ほかの職員の承認を待っています",
        ClaimState.Approved => "承認しました。支払いを待っています",
        ClaimState.Paid => "支払いました",
        ClaimState.Carried => "支払いはありません。つぎの月に回します",
        _ => "市有施設の内部振替です。銀行の支払いはありません",
    };

    public static string Of(AccountKind kind) => kind switch
    {
        AccountKind.Acceptor => "お店や施設",
        AccountKind.VoucherDesk => "商品券の窓口",
        AccountKind.CardCentre => "商店街などのカード",
        AccountKind.PaymentService => "決済サービス",
        AccountKind.Partner => "協力会社",
        AccountKind.Budget => "施策の予算",
        AccountKind.Donation => "寄附",
        AccountKind.Expired => "期限ぎれ",
        AccountKind.Void => "IDの失効",
        _ => "",
    };

    public static string Of(RunState state) => state switch
    {
        RunState.Checking => "台帳と請求と銀行のファイルを比べています",
        RunState.Blocked => "合わないところがあります。承認できません",
        RunState.Waiting => "1円もちがいません。ほかの職員の承認を待っています",
        RunState.Approved => "承認しました。銀行に送れます",
        RunState.Done => "結果を記録しました",
        _ => "取り下げました",
    };

    public static string Of(RunTransferState state) => state switch { RunTransferState.Paid => "振り込まれました", RunTransferState.Returned => "戻ってきました", _ => "これからです" };

    public static string Of(DepositKind kind) => kind switch { DepositKind.Ordinary => "普通", DepositKind.Current => "当座", DepositKind.Savings => "貯蓄", _ => "その他" };

    public static string Of(FundedBy source) => source switch { FundedBy.Partner => "協力会社のお金", FundedBy.Budget => "自治体の予算", FundedBy.Premium => "上乗せ（プレミアム）", _ => "国" };

    public static string Of(TransferKind kind, bool undone) => (kind switch
    {
        TransferKind.Grant => "付与",
        TransferKind.Recall => "付与の取り戻し",
        TransferKind.Exchange => "交換",
        TransferKind.Move => "留保からの移行",
        TransferKind.Use => "利用",
        TransferKind.TicketUse => "券の利用",
        TransferKind.Capture => "ネットの利用",
        TransferKind.Voucher => "商品券",
        TransferKind.Charge => "カードへのチャージ",
        TransferKind.Payout => "決済サービスへの付与",
        TransferKind.Premium => "国のマイナポイント",
        TransferKind.Donate => "寄附",
        TransferKind.Expire => "期限ぎれ",
        _ => "IDの失効",
    }) + (undone ? "の取り消し" : "");
}

/// <summary>What those who are paid are called.</summary>
public sealed class CreditorNames(RegistryCache registry, StreetCardOperators cards, FindPaymentServices services)
{
    public async Task<Func<AccountKind, Guid, string>> Now(CancellationToken stop)
    {
        var view = await registry.View();
        var others = (await cards.All(stop)).ToDictionary(c => c.Id, c => c.Name);
        foreach (var service in await services.All(stop)) others[service.Id.Value] = service.Name;
        return (kind, id) => view.Find(new AcceptorId(id))?.Name ?? others.GetValueOrDefault(id) ?? SettlementWords.Of(kind);
    }
}
