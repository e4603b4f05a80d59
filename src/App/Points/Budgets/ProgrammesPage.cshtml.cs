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
public sealed class ProgrammesPage(OfficeProgrammes programmes, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "施策の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "付与のしかた")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "始まる日")]
    public string? From { get; set; }

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

    [BindProperty]
    public Guid Id { get; set; }

    public IReadOnlyList<(Programme Programme, LimitState Budget)> All { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Kinds { get; } =
    [
        new("参加1回ごと", "activity"), new("望ましい出来事", "life_event"), new("1年ごと", "yearly"), new("給付", "benefit"), new("そのほか", "other"),
    ];

    public IReadOnlyList<SelectListItem> Whos { get; } =
    [
        new("だれでも", "anyone"), new("対象者の一覧にいる人", "list"), new("職員が条件を確認した人", "proof"),
    ];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

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
        var who = Words<Eligibility>.Find(string.IsNullOrEmpty(Who) ? "anyone" : Who);
        if (who is null) this.Note(nameof(Who), Refusal.Of("field_unknown", ("field", nameof(Who))));
        var (cap, usual, leader) = (Amount(nameof(YearCap), YearCap), Amount(nameof(Usual), Usual), Amount(nameof(Leader), Leader));
        if (!ModelState.IsValid) return this.Again();
        var opened = await programmes.Open(Work, new OpenProgramme.Plan(new ProgrammeId(Id), Work.Office.Code, Name ?? "", kind!.Value, from, until, Work.Actor,
            Rules: new GrantRules(cap, who!.Value, usual, leader)), stop);
        return opened.Refused is { } no ? this.Refuse(no.Code == "out_of_period" ? nameof(Until) : nameof(Name), no) : this.SeeOther($"/office/programmes/{Id}");
    }

    private Points? Amount(string field, string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var amount = Points.Read(typed);
        if (amount.Refused is { } no) this.Note(field, no);
        return amount.Ok ? amount.Value : null;
    }
}
