using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>What a partner paid, or what is put right: made by one, booked by another.</summary>
public abstract class PaymentsPage(BookPayments book, PartnerCache partners, RegistryCache registry, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Change { get; set; }

    [BindProperty, Display(Name = "協力会社")]
    public string? Partner { get; set; }

    [BindProperty, Display(Name = "自治体の番号")]
    public string? Municipality { get; set; }

    [BindProperty, Display(Name = "額（円）")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "日")]
    public string? Day { get; set; }

    [BindProperty, Display(Name = "覚え書き")]
    public string? Note { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<PartnerPayment> All { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Partners => [.. Known.All.Select(p => new SelectListItem(p.Name, p.Key))];

    public abstract string Here { get; }

    /// <summary>Who books what another one made.</summary>
    protected abstract Role Books { get; }

    /// <summary>Who makes one.</summary>
    protected abstract Role Makes { get; }

    public bool MayMake => Work.Require(Makes).Ok;

    private PartnerView Known { get; set; } = null!;

    private RegistryView Registry { get; set; } = null!;

    public bool MayBook(PartnerPayment payment) => payment.Maker != Work.Member.Id && Work.Require(Books).Ok;

    public string NameOf(PartnerId partner) => Known.Find(partner)?.Name ?? "協力会社";

    public string NameOf(MunicipalityCode code) => Registry.Find(code)?.FullName ?? code.Value;

    public async Task OnGet(CancellationToken stop)
    {
        (Change, Day) = (Ids.NewV7(clock), TypedDay.Of(clock.Today()));
        await Load(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Load(stop);
        var day = this.Day(nameof(Day), Day);
        if (!long.TryParse(Typed.HalfWidth(Amount).Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)) this.Note(nameof(Amount), Refusal.Of("yen_format"));
        if (!ModelState.IsValid) return this.Again();
        var made = await book.Make(Work, new WantedPayment(Change, Partner, Municipality, amount, day, Note), stop);
        return made.Ok ? this.SeeOther($"{Here}?saved=waiting") : made.Refused!.Code switch
        {
            "not_found" => this.Refuse(nameof(Partner), made.Refused),
            "municipality_unknown" => this.Refuse(nameof(Municipality), made.Refused),
            "yen_format" => this.Refuse(nameof(Amount), made.Refused),
            "out_of_period" => this.Refuse(nameof(Day), made.Refused),
            "role_forbidden" or "confirm_required" or "id_reused" => await No(made.Refused, new NextStep("一覧に戻る", Here)),
            _ => this.Refuse(nameof(Note), made.Refused),
        };
    }

    public async Task<IActionResult> OnPostBook(Guid payment, CancellationToken stop)
    {
        var done = await book.Book(Work, payment, stop);
        return done.Refused is { } no ? await No(no, new NextStep("一覧に戻る", Here)) : this.SeeOther($"{Here}?saved=booked");
    }

    public async Task<IActionResult> OnPostWithdraw(Guid payment, CancellationToken stop)
    {
        var done = await book.Withdraw(Work, payment, stop);
        return done.Refused is { } no ? await No(no, new NextStep("一覧に戻る", Here)) : this.SeeOther($"{Here}?saved=withdrawn");
    }

    private async Task Load(CancellationToken stop) => (All, Known, Registry) = (await book.All(Work, stop), await partners.View(), await registry.View());
}

/// <summary>Of an office: what partners paid to it, as it read from its bank.</summary>
public sealed class OfficePaymentsPage(BookPayments book, PartnerCache partners, RegistryCache registry, TimeProvider clock) : PaymentsPage(book, partners, registry, clock)
{
    public override string Here => $"{OfficeMonthsPage.Here}/payments";

    protected override Role Makes => Role.Officer;

    protected override Role Books => Role.Approver;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];
}

/// <summary>Of the platform: exchanges that were wrong, put right with the partner's consent (Z2).</summary>
public sealed class OperatorCorrectionsPage(BookPayments book, PartnerCache partners, RegistryCache registry, TimeProvider clock) : PaymentsPage(book, partners, registry, clock)
{
    public override string Here => $"{OperatorMonthsPage.Here}/corrections";

    protected override Role Makes => Role.Operator;

    protected override Role Books => Role.Operator;

    protected override IReadOnlyList<Role> Needed => [Role.Operator];
}
