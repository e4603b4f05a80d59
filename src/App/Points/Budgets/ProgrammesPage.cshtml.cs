using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Budgets;

/// <summary>The programmes of the municipality with what is granted of their budgets, and the form that begins one.</summary>
public sealed class ProgrammesPage(OfficeProgrammes programmes, TimeProvider clock) : ProgrammeForm
{
    [BindProperty, Display(Name = "付与のしかた")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "始まる日")]
    public string? From { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    public IReadOnlyList<(Programme Programme, LimitState Budget)> All { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Kinds { get; } =
    [
        new("参加1回ごと", "activity"), new("望ましい出来事", "life_event"), new("1年ごと", "yearly"), new("給付", "benefit"), new("そのほか", "other"),
    ];

    public bool MayOpen => Work.Require(Role.Officer).Ok;

    public async Task OnGet(CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        All = await programmes.All(Work.Office.Code, stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        All = await programmes.All(Work.Office.Code, stop);
        var (from, until) = (this.Day(nameof(From), From), this.Day(nameof(Until), Until));
        var kind = Words<GrantKind>.Find(Kind ?? "");
        if (kind is null) this.Note(nameof(Kind), Refusal.Of("field_required", ("field", nameof(Kind))));
        var rules = ReadRules();
        if (!ModelState.IsValid) return this.Again();
        var opened = await programmes.Open(Work, new OpenProgramme.Plan(new ProgrammeId(Id), Work.Office.Code, Name ?? "", kind!.Value, from, until, Work.Actor,
            Rules: rules), stop);
        return opened.Refused is { } no ? this.Refuse(no.Code == "out_of_period" ? nameof(Until) : nameof(Name), no) : this.SeeOther($"/office/programmes/{Id}");
    }
}
