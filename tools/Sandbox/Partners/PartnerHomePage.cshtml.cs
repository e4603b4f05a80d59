using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.Sandbox.Partners;

/// <summary>http://jal.partner.localhost:5090/ and its like: members, orders, and the switches for what goes wrong.</summary>
[Microsoft.AspNetCore.Routing.Host(PartnerParty.Hosts)]
public sealed class PartnerHomePage(PartnerBooks books, OwnOrders own) : PageModel
{
    public string Key => HttpContext.Key();

    public PartnerFault Fault => books.FaultOf(Key);

    public IReadOnlyList<(string Id, PartnerOrder Order)> Orders => books.OrdersOf(Key);

    /// <summary>Exchanges that were begun here.</summary>
    public IReadOnlyList<BegunOrder> Begun => books.BegunOf(Key);

    /// <summary>Whether a member can begin an exchange here.</summary>
    public bool CanBegin(string member) => books.KeyOf(Key) is not null && books.LinkOf(Key, member) is not null;

    public long Points(string member) => books.PointsOf(Key, member);

    public IActionResult OnPostFault(PartnerFault fault)
    {
        if (!ModelState.IsValid) return BadRequest();
        books.Set(Key, fault);
        return Redirect("/");
    }

    public IActionResult OnPostRevoke(string member)
    {
        if (!PartnerBooks.Members.ContainsKey(member)) return BadRequest();
        books.Revoke(Key, member);
        return Redirect("/");
    }

    public async Task<IActionResult> OnPostExchange(Guid form, string member, long points)
    {
        if (!ModelState.IsValid || !PartnerBooks.Members.ContainsKey(member) || points < 1) return BadRequest();
        await own.Send(Key, member, form, points);
        return Redirect("/");
    }

    public static string Say(string state) => state switch
    {
        "posted" => "マイキーのポイントになりました",
        "ordered" or "asking" or "debited" => "答えを待っています",
        "refused" or "partner_points_short" => "できませんでした",
        "stuck" => "マイキーの運用者がたしかめています",
        "ended" => "終わりになりました",
        _ => $"できませんでした（{state}）",
    };

    public static string Say(PartnerFault fault) => fault switch
    {
        PartnerFault.None => "なし",
        PartnerFault.Down => "止まっている",
        PartnerFault.Slow => "おそい",
        PartnerFault.Silent => "引くが、答えない",
        PartnerFault.Twice => "1回目は失敗と答え、2回目に引いたと答える",
        PartnerFault.Lies => "ちがう数を答える",
        _ => "ことわる",
    };
}
