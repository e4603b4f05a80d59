using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Applications;

/// <summary>One application of the citizen: what it is for, how it stands, and why.</summary>
public sealed class MyApplicationPage(FindApplications find, ApplicationRules rules, ApplicationDestination destinations) : CitizenPage
{
    /// <summary>It was made a moment ago.</summary>
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public Application Mine { get; private set; } = null!;

    public Offered Offered { get; private set; } = null!;

    /// <summary>Where it goes, where that was chosen with the application.</summary>
    public string? Where { get; private set; }

    /// <summary>Somebody else's is answered like one that does not exist.</summary>
    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await find.One(new TransferId(id), stop) is not { } mine || mine.Citizen != Citizen.Id) return await this.Refuse(Refusal.Of("not_found"), new NextStep("申しこんだ施策", ApplyByCard.Path));
        (Mine, Offered) = (mine, (await rules.Offered(mine.Programme, stop)).Value);
        Where = await destinations.Word(mine, stop);
        return Page();
    }
}

/// <summary>All that the citizen has applied for, the newest first.</summary>
public sealed class MyApplicationsPage(FindApplications find, ApplicationRules rules) : CitizenPage
{
    public IReadOnlyList<(Application Mine, Offered Offered)> All { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        var all = new List<(Application, Offered)>();
        foreach (var mine in await find.Of(Citizen.Id, stop)) all.Add((mine, (await rules.Offered(mine.Programme, stop)).Value));
        All = all;
    }
}
