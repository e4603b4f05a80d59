using Microsoft.AspNetCore.Mvc;

namespace MyKey.Sandbox.Online;

/// <summary>The projects with goal, end and what has come together.</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.FundHost)]
public sealed class FundHomePage(OnlineBooks books) : SitePage(books)
{
    public long Sum(Project project) => Books.OrdersOf(Key).Where(o => o.Goods == project.Id && o.State is ("held" or "paid")).Sum(o => o.Points);
}

/// <summary>One project, and how many points support it: set aside until its end, taken when it succeeds (S4-13a).</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.FundHost)]
public sealed class ProjectPage(OnlineBooks books, SiteOrders orders, MyKeyApi mykey, OnlinePartyOptions options) : SitePage(books)
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public string? Id { get; set; }

    [BindProperty]
    public long Points { get; set; }

    [BindProperty]
    public Guid Form { get; set; }

    public Project Project { get; private set; } = null!;

    public string? Told { get; private set; }

    public long? Usable { get; private set; }

    public string HowToLink => $"{options.Site}/online/{Key}";

    public async Task<IActionResult> OnGet()
    {
        if (Goods.Projects.FirstOrDefault(p => p.Id == Id) is not { } project) return NotFound();
        (Project, Form) = (project, Guid.CreateVersion7());
        await Ask();
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        if (Goods.Projects.FirstOrDefault(p => p.Id == Id) is not { } project) return NotFound();
        if (Member is not { } member) return Redirect($"/login?back=/projects/{project.Id}");
        Project = project;
        if (!ModelState.IsValid || Points < 1)
        {
            Told = "ポイントの数は、1からの整数です。";
            (Response.StatusCode, Form) = (StatusCodes.Status422UnprocessableEntity, Guid.CreateVersion7());
            await Ask();
            return Page();
        }
        var order = Books.OrdersOf(Key).FirstOrDefault(o => o.Pledge == Form)
            ?? Books.Begin(Key, new SiteOrder("", member, project.Id, project.Municipality, project.Municipality, Points, Points, Form, "asking"));
        if (order.State == "asking") await orders.Hold(Key, order, Books.EndOf(project));
        return Redirect($"/orders/{order.No}");
    }

    private async Task Ask()
    {
        if (Member is not { } member || Books.LinkOf(Key, member) is not { } link) return;
        var answer = await mykey.Balances(Key, link.Token, Project.Municipality);
        if (answer.Ok) Usable = answer.Body.EnumerateArray().Where(b => b.GetProperty("issuer").GetString() == Project.Municipality).Sum(b => b.GetProperty("usable").GetInt64());
        else Told ??= Say(answer.Code ?? "partner_silent");
    }
}
