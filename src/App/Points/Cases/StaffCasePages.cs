using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <summary>What a desk looks after and is not closed.</summary>
public abstract class StaffCasesPage(FindCases find) : StaffPage
{
    public IReadOnlyList<Case> Cases { get; private set; } = [];

    public MunicipalityCode? Desk => Work.Town?.Code;

    public string Home => Work.Town is null ? "/operator/cases" : "/office/cases";

    public async Task OnGet(CancellationToken stop) => Cases = await find.At(Desk, stop);
}

/// <summary>One case at its desk: the line or the question, what was said, and three ways on. It knows no more of the person than the line of the history.</summary>
public abstract class StaffCasePage(AnswerCase cases, FindCases find, RegistryCache registry, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "number")]
    public string? Number { get; set; }

    /// <summary>What was just done.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    /// <summary>Of the answer that the form makes.</summary>
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "返事")]
    public string? Said { get; set; }

    public Case Case { get; private set; } = null!;

    public IReadOnlyList<CaseAnswer> Answers { get; private set; } = [];

    public RegistryView Registry { get; private set; } = null!;

    public bool IsOffice => Work.Town is not null;

    /// <summary>It is handed on: this office only reads it.</summary>
    public bool Passed => Case.Desk != Work.Town?.Code;

    public string Home => IsOffice ? "/office/cases" : "/operator/cases";

    public string Here => $"{Home}/{Case.Number.Digits}";

    /// <summary>null for a question, of which nothing can be given back.</summary>
    public CaseRemedy? Remedy => Case.Line is { } line ? CaseWords.Remedy(line, IsOffice) : null;

    /// <summary>Where this member may go to give something back.</summary>
    public string? Way => Remedy is { } remedy && (!IsOffice || Work.Require(remedy.Needs).Ok) ? remedy.Path : null;

    private NextStep Back => new("問い合わせの一覧へ", Home);

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        Id = Ids.NewV7(clock);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var done = await cases.Answer(Work, Number, Id, Said, stop);
        if (done.Ok) return this.SeeOther($"{Here}?saved=answered");
        var no = done.Refused!;
        return no.Code is "case_closed" or "case_passed" or "id_reused" ? await this.Refuse(no, Back) : this.Refuse(nameof(Said), no);
    }

    public Task<IActionResult> OnPostPassOn(CancellationToken stop) => Change(cases.PassOn(Work, Number, stop), "passed");

    public Task<IActionResult> OnPostClose(CancellationToken stop) => Change(cases.Close(Work, Number, stop), "closed");

    private async Task<IActionResult> Change(Task<Result<Case>> change, string saved)
    {
        var done = await change;
        if (done.Refused is { } no) return await this.Refuse(no, Back);
        Case = done.Value;
        return this.SeeOther($"{Here}?saved={saved}");
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await cases.Look(Work, Number, stop);
        if (found.Refused is { } no) return no;
        (Case, Registry, Answers) = (found.Value, await registry.View(), await find.Answers(found.Value, stop));
        return null;
    }
}

public sealed class OfficeCasesPage(FindCases find) : StaffCasesPage(find)
{
    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.SupportDesk];
}

public sealed class OfficeCasePage(AnswerCase cases, FindCases find, RegistryCache registry, TimeProvider clock) : StaffCasePage(cases, find, registry, clock)
{
    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.SupportDesk];
}

public sealed class OperatorCasesPage(FindCases find) : StaffCasesPage(find);

public sealed class OperatorCasePage(AnswerCase cases, FindCases find, RegistryCache registry, TimeProvider clock) : StaffCasePage(cases, find, registry, clock);
