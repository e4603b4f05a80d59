using Microsoft.AspNetCore.Mvc;

namespace MyKey.Sandbox.Online;

/// <summary>The first page of the shop: four blocks of articles (S2-P19).</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost)]
public sealed class ShopHomePage(OnlineBooks books) : SitePage(books);

/// <summary>The list of features, and one of them (S2-P20).</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost)]
public sealed class FeaturePage(OnlineBooks books) : SitePage(books)
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public string? Id { get; set; }

    public Feature? Feature { get; private set; }

    public IActionResult OnGet()
    {
        Feature = Goods.Features.FirstOrDefault(f => f.Id == Id);
        return Id is null || Feature is not null ? Page() : NotFound();
    }
}

/// <summary>One article and its payment: partly or wholly with points (S4-12a).</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost)]
public sealed class ArticlePage(OnlineBooks books, SiteOrders orders, MyKeyApi mykey, OnlinePartyOptions options) : SitePage(books)
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public string? Id { get; set; }

    [BindProperty]
    public long Points { get; set; }

    [BindProperty]
    public string? Issuer { get; set; }

    [BindProperty]
    public Guid Form { get; set; }

    public Article Article { get; private set; } = null!;

    public string? Told { get; private set; }

    /// <summary>Which points can be used for it, and how many.</summary>
    public IReadOnlyList<(string Issuer, string Name, long Usable)> Usable { get; private set; } = [];

    public string HowToLink => $"{options.Site}/online/{Key}";

    public async Task<IActionResult> OnGet()
    {
        if (Goods.Find(Id) is not { } article) return NotFound();
        (Article, Form) = (article, Guid.CreateVersion7());
        await Ask();
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        if (Goods.Find(Id) is not { } article) return NotFound();
        if (Member is not { } member) return Redirect($"/login?back=/items/{article.Id}");
        Article = article;
        if (!ModelState.IsValid || Points < 0 || Points > article.Price)
        {
            Told = "ポイントの数は、0から値段までの整数です。";
            (Response.StatusCode, Form) = (StatusCodes.Status422UnprocessableEntity, Guid.CreateVersion7());
            await Ask();
            return Page();
        }
        // One form is one order, however often it is sent.
        var order = Books.OrdersOf(Key).FirstOrDefault(o => o.Pledge == Form)
            ?? Books.Begin(Key, new SiteOrder("", member, article.Id, article.Municipality, Issuer ?? article.Municipality, article.Price, Points, Form, "asking"));
        if (order.State == "asking") await orders.Hold(Key, order, null);
        return Redirect($"/orders/{order.No}");
    }

    private async Task Ask()
    {
        if (Member is not { } member || Books.LinkOf(Key, member) is not { } link) return;
        var answer = await mykey.Balances(Key, link.Token, Article.Municipality);
        if (answer.Ok) Usable = [.. answer.Body.EnumerateArray().Select(b => (b.GetProperty("issuer").GetString()!, b.GetProperty("name").GetString()!, b.GetProperty("usable").GetInt64()))];
        else Told ??= Say(answer.Code ?? "partner_silent");
    }
}
