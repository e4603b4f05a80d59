using System.Text.Json;

namespace MyKey.Sandbox.Online;

/// <summary>
/// Orders of the shop and pledges to projects: the row first, then MyKey is asked under the row's number, so that an answer that is lost can be asked for and nothing is
/// taken twice.
/// </summary>
public sealed class SiteOrders(OnlineBooks books, MyKeyApi mykey)
{
    /// <summary>Sets the points aside; the same order again asks again.</summary>
    /// <param name="endsOn">Last day of the project; none for the shop.</param>
    public async Task<SiteOrder> Hold(string site, SiteOrder order, DateOnly? endsOn)
    {
        if (order.Points == 0) return Kept(site, order with { State = "held" });
        if (books.LinkOf(site, order.Member) is not { } link) return Kept(site, order with { State = "refused", Why = "link_required" });
        var answer = await mykey.Place(site, new
        {
            id = order.Pledge, linkToken = link.Token, municipality = order.Municipality, issuer = order.Issuer, category = Goods.Find(order.Goods)?.Category ?? "project", amount = order.Points, order = order.No, endsOn,
        });
        return Kept(site, answer switch
        {
            { Ok: true } => order with { State = "held", Why = null, Confirm = null },
            { Code: "online_limit" or "password_limit", Confirm: { } page } => order with { State = "confirming", Why = null, Confirm = page },
            { Status: 0 or >= 500 } => order with { State = "asking" },
            _ => order with { State = "refused", Why = answer.Code },
        });
    }

    /// <summary>The goods are sent, or the project has succeeded: takes the points.</summary>
    public async Task<SiteOrder> Take(string site, SiteOrder order)
    {
        if (order is not { State: "held" }) return order;
        if (order.Points == 0) return Kept(site, order with { State = "paid" });
        var answer = await mykey.Capture(site, order.Pledge, order.Points);
        if (answer.Status is 0 or >= 500) return order;
        return Kept(site, answer.Ok ? order with { State = "paid" } : order with { State = "cancelled", Why = answer.Code });
    }

    /// <summary>Before the goods are sent, or when the project has failed: gives the points back.</summary>
    public async Task<SiteOrder> Cancel(string site, SiteOrder order)
    {
        if (order is not { State: "held" or "asking" or "confirming" }) return order;
        if (order.Points == 0) return Kept(site, order with { State = "cancelled" });
        var answer = await mykey.Release(site, order.Pledge);
        // What MyKey does not know was never set aside.
        return answer.Ok || answer.Code == "not_found" ? Kept(site, order with { State = "cancelled" }) : order;
    }

    /// <summary>The goods came back, all of them or some: so do the points.</summary>
    /// <param name="id">Of the form: sent twice it gives back once.</param>
    /// <returns>The order and, where MyKey said no, the code.</returns>
    public async Task<(SiteOrder Order, string? No)> Return(string site, SiteOrder order, Guid id, long points)
    {
        if (order is not { State: "paid" or "returned" }) return (order, "pledge_over");
        var answer = await mykey.Refund(site, order.Pledge, id, points);
        if (!answer.Ok) return (order, answer.Code ?? "partner_silent");
        var refunded = answer.Body.GetProperty("refunded").GetInt64();
        return (Kept(site, order with { State = refunded == order.Points ? "returned" : "paid", Refunded = refunded }), null);
    }

    /// <summary>What MyKey tells because the site did not do it itself.</summary>
    internal void Heard(string site, HeardEvent message)
    {
        using var json = JsonDocument.Parse(message.Data);
        var data = json.RootElement;
        if (message.Type == "link.removed")
        {
            books.Forget(site, data.GetProperty("link").GetGuid());
            return;
        }
        var pledge = data.GetProperty("pledge").GetGuid();
        if (books.OrdersOf(site).FirstOrDefault(o => o.Pledge == pledge) is not { } order) return;
        if (message.Type == "pledge.released") books.Put(site, order with { State = "cancelled", Why = data.GetProperty("why").GetString() });
        if (message.Type == "pledge.refunded") books.Put(site, order with { Refunded = data.GetProperty("refunded").GetInt64() });
    }

    private SiteOrder Kept(string site, SiteOrder order)
    {
        books.Put(site, order);
        return order;
    }
}
