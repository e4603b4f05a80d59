using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.MyPage;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>A company with a login of its own: first the link, then how much goes where. The partner's points come from the partner, each time anew.</summary>
public sealed class LinkPage(PartnerCache partners, UseLink link, JudgeLinkOrder judge, LinkOrders orders, RegistryCache registry, ReserveRule reserve, TimeProvider clock) : CitizenPage
{
    private static readonly NextStep ToList = new("会社の一覧へ", "/exchange");

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    /// <summary>The browser has just come back from the partner.</summary>
    [BindProperty(SupportsGet = true, Name = "linked")]
    public string? Linked { get; set; }

    /// <summary>Why it came back without a link; a word of a browser chooses a sentence, nothing else.</summary>
    [BindProperty(SupportsGet = true, Name = "refused")]
    public string? Why { get; set; }

    public Refusal? Told => Why is "partner_auth_failed" or "partner_silent" ? Refusal.Of(Why, ("partner", Partner.Name)) : null;

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "交換するポイント数")]
    public string? Points { get; set; }

    [BindProperty, Display(Name = "行き先")]
    public string? Town { get; set; }

    public Partner Partner { get; private set; } = null!;

    public PartnerTerms Terms { get; private set; } = null!;

    public DateOnly Today { get; private set; }

    /// <summary>The citizen's points at the partner; null without a link.</summary>
    public long? Balance { get; private set; }

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    /// <summary>The last day of the choice, for whoever waits.</summary>
    public DateOnly ReservedUntil { get; private set; }

    public IReadOnlyList<LinkOrder> Recent { get; private set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return no;
        Id = Ids.NewV7(clock);
        Town = Citizen.BaseMunicipality?.Value;
        if (LinkDraft.Find(this) is { } draft && draft.Partner == Key) (Points, Town) = ($"{draft.Points}", draft.Town);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return no;
        if (Balance is not { } balance) return this.SeeOther($"/my/exchange/link/{Uri.EscapeDataString(Key!)}");
        var points = Kernel.Points.Read(Points);
        if (points.Refused is { } unreadable) return this.Refuse(nameof(Points), unreadable);
        var judged = await judge.Run(new WantedLinkOrder(Id, Key, points.Value.Value, Town));
        if (judged.Refused is { } wrong) return this.Refuse(wrong.Code is "field_required" or "municipality_unknown" ? nameof(Town) : nameof(Points), wrong);
        if (points.Value.Value > balance) return this.Refuse(nameof(Points), Refusal.Of("partner_points_short", ("partner", Partner.Name)));
        new LinkDraft(Id, Key!, points.Value.Value, Town!).Keep(this);
        return this.SeeOther($"/my/exchange/link/{Uri.EscapeDataString(Key!)}/confirm");
    }

    private async Task<IActionResult?> Show(CancellationToken stop)
    {
        Today = clock.Today();
        if ((await partners.View()).Find(Key) is not { } partner) return await this.Refuse(Refusal.Of("not_found"), ToList);
        Partner = partner;
        var open = partner.TakesLinks(clock.NowMs());
        if (open.Refused is { } closed) return await this.Refuse(closed, ToList);
        Terms = open.Value;
        var balance = await link.Balance(Citizen.Id, partner, partner.SiteOn(Today)!, stop);
        if (balance.Refused is { Code: not "link_required" } silent) return await this.Refuse(silent, new NextStep("もう一度ためす", $"/my/exchange/link/{partner.Key}"));
        Balance = balance.Ok ? balance.Value : null;
        Recent = await orders.Of(Citizen.Id, partner.Id, stop);
        ReservedUntil = await reserve.LastDay(Today);
        Choices = Towns.Choices(await registry.View(), Citizen.BaseMunicipality, Destination.Choice);
        return null;
    }
}

/// <summary>What was typed, on the way to its confirmation.</summary>
public sealed record LinkDraft(Guid Id, string Partner, long Points, string Town)
{
    private const string Kept = "link-exchange";

    public void Keep(CitizenPage page) => CitizenDraft.Keep(page, Kept, this);

    public static LinkDraft? Find(CitizenPage page) => CitizenDraft.Find<LinkDraft>(page, Kept);

    public static void Drop(PageModel page) => CitizenDraft.Drop(page, Kept);
}
