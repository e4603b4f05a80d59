using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Pledges;

/// <summary>What a site has pledged and captured, the latest first; nothing leads from it to a person.</summary>
public sealed class SitePledgesPage(PledgeRows rows, OnlineSiteCache sites, RegistryCache registry) : StaffPage
{
    private RegistryView? towns;

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public OnlineSite Site { get; private set; } = null!;

    public IReadOnlyList<Pledge> Pledges { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if ((await sites.View()).Find(Key) is not { } site) return await this.Refuse(Refusal.Of("not_found"), OnlineSiteFormPage.ToList);
        (Site, towns, Pledges) = (site, await registry.View(), await rows.Of(site.Id, stop));
        return Page();
    }

    public string PointsOf(Pledge pledge) => towns!.NameOfPoints(pledge.Issuer);
}

/// <summary>An operator gives a pledge back, or part of what was captured; the one-time password is asked again (table Z2).</summary>
public sealed class EndPledgePage(PledgeRows rows, EndPledge end, OnlineSiteCache sites, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Number { get; set; }

    /// <summary>Of this form: sent twice it gives back once.</summary>
    [BindProperty]
    public Guid Ask { get; set; }

    [BindProperty, Display(Name = "戻すポイント数")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "わけ")]
    public string? Reason { get; set; }

    public Pledge Pledge { get; private set; } = null!;

    public OnlineSite Site { get; private set; } = null!;

    public bool IsCaptured => Pledge.State == PledgeState.Captured;

    public string Back => $"/operator/online-sites/{Site.Key}/pledges";

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        Ask = Ids.NewV7(clock);
        return await Show(stop) ?? Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return gone;
        var amount = IsCaptured ? Points.Read(Amount) : Points.Zero;
        if (amount.Refused is { } unreadable) return this.Refuse(nameof(Amount), unreadable);
        var done = await end.ByOperator(Work, Pledge.Id, new WantedPart(Ask, amount.Value.Value), Reason, stop);
        if (done.Ok) return this.SeeOther($"{Back}?done=1");
        return done.Refused!.Code switch
        {
            "confirm_required" or "pledge_captured" or "id_reused" => await No(done.Refused, new NextStep("取り置きと利用へ", Back)),
            "refund_exceeds" or "amount_format" => this.Refuse(nameof(Amount), done.Refused),
            _ => this.Refuse(nameof(Reason), done.Refused),
        };
    }

    private async Task<IActionResult?> Show(CancellationToken stop)
    {
        if (await rows.Find(new TransferId(Number), stop) is not { } pledge || (await sites.View()).Find(pledge.Site) is not { } site) return await this.Refuse(Refusal.Of("not_found"), OnlineSiteFormPage.ToList);
        (Pledge, Site) = (pledge, site);
        return null;
    }
}
