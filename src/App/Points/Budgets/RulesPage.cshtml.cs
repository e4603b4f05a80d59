using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Budgets;

/// <summary>What a programme says, changed for what it grants from now on (S4-03, S4-04).</summary>
public sealed class RulesPage(OfficeProgrammes programmes) : ProgrammeForm
{
    public Programme Programme { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } no) return await this.Refuse(no);
        var rules = Programme.Rules;
        (Name, Until, Who) = (Programme.Name, TypedDay.Of(Programme.Until), Words<Eligibility>.Of(rules.Eligibility));
        (Usual, Leader, YearCap) = (Typed(rules.Usual), Typed(rules.Leader), Typed(rules.YearCap));
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var (until, rules) = (this.Day(nameof(Until), Until), ReadRules());
        if (!ModelState.IsValid) return this.Again();
        var changed = await programmes.Change(Work, new ChangeProgramme.Change(Programme.Id, Name ?? "", until, rules, Work.Actor), stop);
        return changed.Refused is { } no
            ? this.Refuse(no.Code switch { "out_of_period" => nameof(Until), "cap_uncounted" => nameof(YearCap), _ => nameof(Name) }, no)
            : this.SeeOther($"/office/programmes/{id}");
    }

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var found = await programmes.One(Work, new ProgrammeId(id), stop);
        if (found.Ok) Programme = found.Value;
        return found.Refused;
    }

    private static string? Typed(Points? amount) => amount?.Value.ToString(CultureInfo.InvariantCulture);
}
