using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Budgets;

/// <summary>What is typed when a programme begins and when it changes.</summary>
public abstract class ProgrammeForm : StaffPage
{
    [BindProperty, Display(Name = "施策の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "終わる日")]
    public string? Until { get; set; }

    [BindProperty, Display(Name = "いつものポイント")]
    public string? Usual { get; set; }

    [BindProperty, Display(Name = "リーダーのポイント")]
    public string? Leader { get; set; }

    [BindProperty, Display(Name = "1人の1年の上限")]
    public string? YearCap { get; set; }

    [BindProperty, Display(Name = "付与できる人")]
    public string? Who { get; set; }

    public IReadOnlyList<SelectListItem> Whos { get; } =
    [
        new("だれでも", "anyone"), new("対象者の一覧にいる人", "list"), new("職員が条件を確認した人", "proof"),
    ];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    /// <summary>What is no rule is told at its field.</summary>
    protected GrantRules ReadRules()
    {
        var who = Words<Eligibility>.Find(string.IsNullOrEmpty(Who) ? "anyone" : Who);
        if (who is null) this.Note(nameof(Who), Refusal.Of("field_unknown", ("field", nameof(Who))));
        return new GrantRules(Amount(nameof(YearCap), YearCap), who ?? Eligibility.Anyone, Amount(nameof(Usual), Usual), Amount(nameof(Leader), Leader));
    }

    private Points? Amount(string field, string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var amount = Points.Read(typed);
        if (amount.Refused is { } no) this.Note(field, no);
        return amount.Ok ? amount.Value : null;
    }
}
