using Microsoft.AspNetCore.Mvc;
using MyKey.App.OnlineSites;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.SiteEvents;

/// <summary>Messages that sites do not hear, and a button for each.</summary>
public sealed class UnheardPage(SiteEventRows rows, SendAgain again, OnlineSiteCache sites) : StaffPage
{
    public const string Here = "/operator/site-events";

    private OnlineSiteView? view;

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<SiteEvent> Events { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (Events, view) = (await rows.Unheard(stop), await sites.View());

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var sent = await again.Run(Work, Id, stop);
        return sent.Refused is { } no ? await this.Refuse(no, new NextStep("サイトへの知らせへ", Here)) : this.SeeOther($"{Here}?done=1");
    }

    public string? SiteOf(SiteEvent message) => view!.Find(message.Site)?.Name;

    public static string Say(string type) => type switch
    {
        "link.removed" => "つながりが外れた",
        "pledge.released" => "取り置きが戻った",
        _ => "返金した",
    };
}
