using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel;
using MyKey.Sandbox.Partners;

namespace MyKey.Sandbox.PaymentServices;

/// <summary>http://midori.pay.localhost:5090/ and its like: members, what was granted, and the switches for what goes wrong.</summary>
[Microsoft.AspNetCore.Routing.Host(ServiceParty.Hosts)]
public sealed class ServiceHomePage(ServiceBooks books, IConfiguration configuration) : PageModel
{
    public string Key => HttpContext.Key();

    public ServiceFault Fault => books.FaultOf(Key);

    public IReadOnlyList<(Guid Id, ServiceGrant Grant)> Grants => books.GrantsOf(Key);

    public string Use => Key == ServiceParty.Exchange ? "ついたポイントは、この画面で交換してから使います。" : "ついたポイントは、すぐに使えます。";

    public IActionResult OnPostFault(ServiceFault fault)
    {
        if (!ModelState.IsValid) return BadRequest();
        books.Set(Key, fault);
        return Redirect("/");
    }

    /// <summary>What waits is granted or refused, and the site is told.</summary>
    public async Task<IActionResult> OnPostEnd(Guid id, bool grant)
    {
        if (books.End(Key, id, grant ? null : "invalid_account") is { } done && configuration[ServiceParty.SiteSetting] is { Length: > 0 } site)
        {
            using var answer = await ServiceParty.Tell(new Uri(site), id, done, TimeProvider.System.NowMs());
        }
        return Redirect("/");
    }

    public IReadOnlyList<ServicePurchase> Purchases => books.PurchasesOf(Key);

    public bool HasKey => books.KeyOf(Key) is not null && configuration[ServiceParty.SiteSetting] is { Length: > 0 };

    /// <summary>A member buys something here; MyKey hears how much, and nothing else.</summary>
    public async Task<IActionResult> OnPostBuy(string member, long amount)
    {
        if (!ModelState.IsValid || amount < 1) return BadRequest();
        if (configuration[ServiceParty.SiteSetting] is { Length: > 0 } site) await PremiumCalls.Buy(books, Key, new Uri(site), (member, amount));
        return Redirect("/");
    }

    public async Task<IActionResult> OnPostUndo(string id)
    {
        if (configuration[ServiceParty.SiteSetting] is { Length: > 0 } site) await PremiumCalls.Undo(books, Key, new Uri(site), id);
        return Redirect("/");
    }

    public static string Say(ServiceFault fault) => fault switch
    {
        ServiceFault.None => "なし",
        ServiceFault.Down => "止まっている",
        ServiceFault.Slow => "おそい",
        ServiceFault.Silent => "つけるが、答えない",
        ServiceFault.Twice => "1回目は失敗と答え、2回目についたと答える",
        ServiceFault.Late => "受け付けて、あとでつける",
        ServiceFault.Invalid => "退会した人だと答える",
        ServiceFault.Lies => "ちがう数を答える",
        ServiceFault.Flaky => "申しこみごとに、どれかがおこる",
        _ => "決まりをひとつも守らない",
    };
}
