using Microsoft.AspNetCore.Mvc;
using MyKey.App.Activities;
using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.National;
using MyKey.App.Offers;
using MyKey.App.PaymentAccounts;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Sittings;

/// <summary>What a citizen can do at a support desk, one step below the other, each on the page that everybody uses.</summary>
public sealed class DeskPage(SupportDesks desks, FindOffers offers, FindActivities activities, FindRounds rounds, FindApplications applications, MyPaymentAccounts accounts, MyEntitlements entitlements, FindSitting sitting, TimeProvider clock) : CitizenPage
{
    private const int Steps = 5;

    /// <summary>The ID was made a moment ago.</summary>
    [BindProperty(SupportsGet = true, Name = "made")]
    public string? Made { get; set; }

    public Terminal Desk { get; private set; } = null!;

    /// <summary>What can be applied for in the municipality of the desk today.</summary>
    public IList<Offer> Open { get; } = [];

    /// <summary>The national Mynapoint can be applied for.</summary>
    public bool HasRounds { get; private set; }

    public bool MoreOffers { get; private set; }

    public int Applied { get; private set; }

    public int Accounts { get; private set; }

    public int Waiting { get; private set; }

    public int Done { get; private set; }

    /// <summary>The first that is still to do; the last one is the paper.</summary>
    public int Step => Open.Count > 0 && Applied == 0 ? 2 : Waiting > 0 && Accounts == 0 ? 3 : Waiting > 0 ? 4 : Steps;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (!Session.IsSitting || await desks.Of(HttpContext) is not { } desk) return this.SeeOther(CitizenShell.Home);
        Desk = desk;
        var mine = await applications.Of(Citizen.Id, stop);
        var leaf = await offers.Find(new OfferQuery(desk.Municipality, Moment: OfferMoment.Open), stop);
        foreach (var offer in leaf.Offers.Where(o => mine.All(m => m.Programme != o.Programme)))
            if (!await activities.Gives(offer.Programme, stop)) Open.Add(offer);
        HasRounds = (await rounds.Current(clock.Today(), stop)).Count > 0;
        (MoreOffers, Applied) = (leaf.More, mine.Count(m => m.MadeMs >= Session.CreatedMs));
        Accounts = (await accounts.Of(Citizen.Id, stop)).Count(a => a.State == AccountState.Live);
        Waiting = (await entitlements.Waiting(Citizen.Id, stop)).Count;
        Done = (await sitting.Of(Citizen.Id, Session.CreatedMs, stop)).Count;
        return Page();
    }
}

/// <summary>The paper of a sitting, with numbers and days and nothing of the card, in three sizes.</summary>
public sealed class PaperPage(SupportDesks desks, FindSitting sitting, MyKey.App.Registry.RegistryCache registry, TimeProvider clock) : CitizenPage
{
    public static IReadOnlyList<(string Size, string Word)> Sizes { get; } = [("a4", "A4"), ("a6", "A6"), ("roll", "ロール紙")];

    [BindProperty(SupportsGet = true, Name = "size")]
    public string? Size { get; set; }

    public string Place { get; private set; } = "";

    public long NowMs { get; } = clock.NowMs();

    public IReadOnlyList<SittingLine> Lines { get; private set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (!Session.IsSitting || await desks.Of(HttpContext) is not { } desk) return this.SeeOther(CitizenShell.Home);
        if (Sizes.All(s => s.Size != Size)) Size = Sizes[0].Size;
        Place = $"{(await registry.View()).Find(desk.Municipality)?.FullName} {desk.Label}";
        Lines = await sitting.Of(Citizen.Id, Session.CreatedMs, stop);
        return Page();
    }
}
