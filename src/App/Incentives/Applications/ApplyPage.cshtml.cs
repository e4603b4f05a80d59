using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Claims;
using MyKey.App.Offers;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Applications;

/// <summary>Before the card: what is asked, what one gets, where it goes. Then the agent names it again and asks for the PIN (S1-25).</summary>
public sealed class ApplyPage(ApplicationRules rules, FindApplications find, FindCitizen citizens, ApplicationDestination destinations, CardOptions cards, TimeProvider clock) : CitizenPage
{
    /// <summary>How the way to the card ended.</summary>
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    /// <summary>Where the points go, where the programme asks for it with the application.</summary>
    [BindProperty(SupportsGet = true, Name = "to"), Display(Name = "受け取り先")]
    public string? To { get; set; }

    public Offered Offered { get; private set; } = null!;

    /// <summary>What can be chosen; null: it is chosen with the claim.</summary>
    public IReadOnlyList<ClaimTarget>? Targets { get; private set; }

    /// <summary>What is chosen.</summary>
    public ClaimTarget? Target { get; private set; }

    /// <summary>Where who does not apply goes: at a support desk back to its steps.</summary>
    public string Leave => Session.IsSitting ? SupportDesks.SittingPath : Offered.Offer.Path;

    public string Steps => Targets is null ? "確認,カード,終わり" : "受け取り先,確認,カード,終わり";

    public int Step => Targets is null || Target is null ? 1 : 2;

    /// <summary>Why it can't be applied for now.</summary>
    public Refusal? No { get; private set; }

    /// <summary>What the citizen has applied for already.</summary>
    public Application? Mine { get; private set; }

    public Refusal? CardRefused => CardReturn.RefusalOf(Card);

    /// <summary>The agent; a browser that never came back from it goes there once before, so that it is sure to be there. Null where no card can be read.</summary>
    public string? Next { get; private set; }

    public async Task<IActionResult> OnGet(Guid programme, CancellationToken stop)
    {
        var id = new ProgrammeId(programme);
        var found = await rules.Offered(id, stop);
        if (found.Refused is { } none) return await this.Refuse(none, new NextStep("施策をさがす", "/programmes"));
        (Offered, No) = (found.Value, (await rules.Check(Citizen.Id, id, stop)).Refused);
        if (No?.Code == "already_applied" && await citizens.PersonKeyOf(Citizen.Id, stop) is { } person)
            Mine = await find.Of(id, person, Offered.PeriodOf(clock.Today()), stop) is { } mine && mine.Citizen == Citizen.Id ? mine : null;
        if (No is null && await destinations.Asked(Offered))
        {
            Targets = await destinations.Targets(Citizen.Id, Offered, stop);
            Target = (await destinations.Read(Citizen.Id, Offered, To, stop)) is { Ok: true } chosen ? chosen.Value : null;
        }
        var (page, to) = (ApplyByCard.PageOf(id), Target is null ? "" : $"to={Target.Key}");
        Next = !cards.On ? null : ShellCookie.Prepared.Read(HttpContext) is null ? CardEndpoints.AskPath(Purpose.StepUp, to.Length == 0 ? page : $"{page}?{to}") : $"{page}/card?id={Ids.NewV7(clock)}&yes=1{(to.Length == 0 ? "" : $"&{to}")}";
        return Page();
    }
}
