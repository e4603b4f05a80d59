using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.LinkedExchange;

/// <summary>Orders as machines and screens are told of them.</summary>
public sealed class LinkOrderWords(JudgeLinkOrder judge, LedgerReading reading, Buckets buckets)
{
    public async Task<LinkOrderReply> Reply(LinkOrder order)
    {
        var partner = await judge.PartnerOf(order);
        var refused = order.State == LinkOrderState.Refused ? JudgeLinkOrder.Why(order, partner).Code : null;
        return new LinkOrderReply(order.AskedId, partner.Key, Destination.WordOf(order.Issuer), Words<LinkOrderState>.Of(order.State), order.Points, order.Worth.Value, order.Rate.ToString(), order.LotExpiresOn,
            (await Receipt(order))?.ToString(), refused);
    }

    public async Task<ReceiptNumber?> Receipt(LinkOrder order) =>
        order.State == LinkOrderState.Posted && await reading.Find(buckets.Of(order.Citizen.Value), order.Id) is { } found ? found.Receipt : null;

    public static string Of(LinkOrderState state) => state switch
    {
        LinkOrderState.Posted => "交換しました",
        LinkOrderState.Refused => "交換できませんでした",
        LinkOrderState.Stuck => "運用者がたしかめています",
        LinkOrderState.Ended => "終わりにしました",
        _ => "会社の答えを待っています",
    };

    /// <summary>For operators: what keeps an order.</summary>
    public static string Keeps(LinkOrder order) => order.State switch
    {
        LinkOrderState.Stuck when order.Reason == "amount_differs" => $"会社の答えは{Shared.Components.Words.Digits(order.Answered ?? 0)}ポイントで、申しこみとちがいます",
        LinkOrderState.Stuck => $"会社は引きましたが、記録できません（{order.Reason}）",
        LinkOrderState.Debited => "会社は引きました。記録を待っています",
        _ => $"会社の答えがありません（{order.Asks}回たずねました）",
    };
}
