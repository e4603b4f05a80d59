using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <summary>What was said in a case.</summary>
/// <param name="Mine">Its citizen reads it.</param>
public sealed record CaseTalk(Case Case, IReadOnlyList<CaseAnswer> Answers, RegistryView Registry, bool Mine);

/// <summary>One case as its citizen sees it: the number to say on the telephone, what comes next, and the answer.</summary>
public sealed class MyCasePage(FindCases find, AnswerCase cases, RegistryCache registry) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "number")]
    public string? Number { get; set; }

    /// <summary>It was just sent.</summary>
    [BindProperty(SupportsGet = true, Name = "sent")]
    public string? Sent { get; set; }

    public Case Case { get; private set; } = null!;

    public IReadOnlyList<CaseAnswer> Answers { get; private set; } = [];

    public RegistryView Registry { get; private set; } = null!;

    public string Desk => CaseWords.Desk(Case.Desk, Registry);

    /// <summary>Somebody else's is answered like one that does not exist.</summary>
    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await find.One(Citizen.Id, Number, stop) is not { } own) return await this.Refuse(Refusal.Of("not_found"), new NextStep("知らせた記録と質問を見る", "/my/cases"));
        (Case, Registry, Answers) = (own, await registry.View(), await find.Answers(own, stop));
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var taken = await cases.TakeBack(Citizen.Id, Number, stop);
        return taken.Refused is { } no ? await this.Refuse(no, new NextStep("知らせた記録と質問を見る", "/my/cases")) : this.SeeOther(taken.Value.Path);
    }
}

/// <summary>All that a citizen has told of.</summary>
public sealed class MyCasesPage(FindCases find) : CitizenPage
{
    public IReadOnlyList<Case> Cases { get; private set; } = [];

    public async Task OnGet(CancellationToken stop) => Cases = await find.Of(Citizen.Id, stop);
}
