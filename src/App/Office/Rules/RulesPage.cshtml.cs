using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Rules;

/// <summary>Where this municipality's points may be used (S2-P6c): by kind of shop, and shop by shop.</summary>
public sealed class RulesPage(OfficeRules rules) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "search"), Display(Name = "お店の名前")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public (AcceptorKind Kind, UsageArea Area)[] Kinds { get; private set; } = [];

    public AcceptorRule[] Acceptors { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Areas { get; } = [.. Enum.GetValues<UsageArea>().Select(a => new SelectListItem(Word(a), Words<UsageArea>.Of(a)))];

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task OnGet()
    {
        Kinds = (await rules.Kinds(Work)).Value;
        Acceptors = (await rules.Acceptors(Work, Search)).Value;
    }

    /// <summary>One form with a choice for each kind; what has not changed is not written.</summary>
    public async Task<IActionResult> OnPostKinds(CancellationToken stop)
    {
        foreach (var kind in (await rules.Kinds(Work)).Value)
        {
            if (Request.Form[$"area-{kind.Kind.Code}"].ToString() is not { Length: > 0 } area) continue;
            if ((await rules.ForKind(Work, kind.Kind.Code, area, stop)).Refused is { } no) return await No(no);
        }
        return this.SeeOther("/office/rules?saved=kinds");
    }

    public async Task<IActionResult> OnPostShop(Guid shop, string? rule, CancellationToken stop)
    {
        var done = await rules.ForAcceptor(Work, new AcceptorId(shop), rule, stop);
        return done.Refused is { } no ? await No(no) : this.SeeOther($"/office/rules?saved=shop&search={Uri.EscapeDataString(Search ?? "")}#shops");
    }

    public static string Word(UsageArea area) => area switch
    {
        UsageArea.Own => "この自治体のお店で使える",
        UsageArea.Prefecture => "同じ都道府県のお店で使える",
        UsageArea.Anywhere => "全国のお店で使える",
        _ => "使えない",
    };
}
