using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.Sandbox.Online;

/// <summary>A page of one of the sites, with the member who is logged in.</summary>
public abstract class SitePage(OnlineBooks books) : PageModel
{
    protected OnlineBooks Books => books;

    public string Key => HttpContext.SiteKey();

    /// <summary>Last day of a project.</summary>
    public DateOnly EndOf(Project project) => books.EndOf(project);

    public string? Member => books.MemberOf(Key, Request.Cookies[OnlineAuthorizePage.Cookie]);

    public bool IsLinked => Member is { } member && books.LinkOf(Key, member) is not null;

    /// <summary>A code of MyKey as the site's own page says it.</summary>
    public static string Say(string? code) => code switch
    {
        null => "",
        "link_required" => "マイキーのIDと、つながっていません。",
        "not_accepted_here" => "この品物には、このポイントは使えません。使えるのは、品物の自治体が決めたポイントです。",
        "use_forbidden" => "この支払いには、ポイントを使えません。",
        "insufficient_points" => "ポイントが足りません。",
        "password_limit" => "カードなしで1日に使えるポイントをこえています。",
        "online_limit" => "1回または1日に使えるポイントをこえています。",
        "refund_exceeds" => "戻せるポイントをこえています。",
        "pledge_over" or "expired" => "取り置きの期限がすぎました。",
        "partner_silent" => "マイキーから答えがありません。少し待って、もう一度ためしてください。",
        "staff" => "マイキーの運用者が戻しました。",
        _ => $"ポイントを使えませんでした（{code}）。",
    };

    public static string State(SiteOrder order) => order.State switch
    {
        "asking" => "マイキーの答えを待っています",
        "confirming" => "マイキーでの確認がいります",
        "held" => "ポイントを取り置きました",
        "paid" when order.Refunded > 0 => "支払いがすみました（一部を返金しました）",
        "paid" => "支払いがすみました",
        "cancelled" => "取りやめました",
        "returned" => "返品を受け付けました",
        _ => "注文できませんでした",
    };
}

/// <summary>Logs a member in and out.</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost, OnlineParty.FundHost)]
public sealed class SiteLoginPage(OnlineBooks books) : SitePage(books)
{
    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Back { get; set; }

    public string? Wrong { get; private set; }

    public IActionResult OnPost(string? member, string? password)
    {
        if (Books.LogIn(Key, member, password) is not { } cookie)
        {
            Wrong = "会員番号かパスワードがちがいます。";
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        Response.Cookies.Append(OnlineAuthorizePage.Cookie, cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });
        return Redirect(Url.IsLocalUrl(Back) ? Back : "/");
    }
}

/// <summary>An order or a pledge as its member sees it: what became of it, and the way back.</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost, OnlineParty.FundHost)]
public sealed class OrderPage(OnlineBooks books, SiteOrders orders, OnlinePartyOptions options) : SitePage(books)
{
    [BindProperty(SupportsGet = true, Name = "no")]
    public string? No { get; set; }

    public SiteOrder Order { get; private set; } = null!;

    public string? Told { get; private set; }

    public Guid Form { get; } = Guid.CreateVersion7();

    public string Name => Goods.Find(Order.Goods)?.Name ?? Goods.Projects.FirstOrDefault(p => p.Id == Order.Goods)?.Name ?? Order.Goods;

    /// <summary>Where MyKey tells how to link (S0-4015b).</summary>
    public string HowToLink => $"{options.Site}/online/{Key}";

    /// <summary>Where the member confirms in MyKey what is above the limits, and comes back from.</summary>
    public string Confirm => $"{options.Site}{Order.Confirm}?back={Uri.EscapeDataString($"{Request.Scheme}://{Request.Host}/orders/{Order.No}")}";

    public IActionResult OnGet() => Load() ? Page() : NotFound();

    public async Task<IActionResult> OnPostAgain()
    {
        if (!Load()) return NotFound();
        var project = Goods.Projects.FirstOrDefault(p => p.Id == Order.Goods);
        await orders.Hold(Key, Order, project is null ? null : Books.EndOf(project));
        return Redirect($"/orders/{Order.No}");
    }

    public async Task<IActionResult> OnPostCancel()
    {
        if (!Load()) return NotFound();
        await orders.Cancel(Key, Order);
        return Redirect($"/orders/{Order.No}");
    }

    public async Task<IActionResult> OnPostReturn(Guid form, long points)
    {
        if (!Load()) return NotFound();
        var (order, no) = await orders.Return(Key, Order, form, points);
        if (no is null) return Redirect($"/orders/{order.No}");
        Told = Say(no);
        return Page();
    }

    private bool Load()
    {
        if (Books.Order(Key, No) is not { } order || order.Member != Member) return false;
        Order = order;
        return true;
    }
}

/// <summary>What the people of the site see: orders to send, projects to end, what MyKey has told, and the switches for what goes wrong.</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost, OnlineParty.FundHost)]
public sealed class DeskPage(OnlineBooks books, SiteOrders orders) : SitePage(books)
{
    public OnlineFault Fault => Books.FaultOf(Key);

    public IReadOnlyList<SiteOrder> Orders => Books.OrdersOf(Key);

    public IReadOnlyList<HeardEvent> Events => Books.Events;

    public bool HasKey => Books.KeyOf(Key) is not null;

    public IActionResult OnPostFault(OnlineFault fault)
    {
        if (!ModelState.IsValid) return BadRequest();
        Books.Set(Key, fault);
        return Redirect("/desk");
    }

    /// <summary>The goods are on their way.</summary>
    public async Task<IActionResult> OnPostSend(string no)
    {
        if (Books.Order(Key, no) is { } order) await orders.Take(Key, order);
        return Redirect("/desk");
    }

    /// <summary>A project has succeeded or failed.</summary>
    public async Task<IActionResult> OnPostEnd(string project, bool success)
    {
        foreach (var order in Orders.Where(o => o.Goods == project)) _ = success ? await orders.Take(Key, order) : await orders.Cancel(Key, order);
        return Redirect("/desk");
    }

    public static string Say(OnlineFault fault) => fault switch
    {
        OnlineFault.None => "なし",
        OnlineFault.LosesAnswers => "マイキーの答えをなくす",
        OnlineFault.Deaf => "マイキーの知らせを受け取らない",
        _ => "つながりを受け取らない",
    };
}
