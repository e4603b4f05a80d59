using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>The fields of a partner's registration.</summary>
public sealed class PartnerFields
{
    public static IReadOnlyList<SelectListItem> Categories { get; } = [.. Enum.GetValues<PartnerCategory>().Select(c => new SelectListItem(PartnerWords.Of(c), Words<PartnerCategory>.Of(c)))];

    [Display(Name = "会社の名前")]
    public string? Name { get; set; }

    [Display(Name = "よみがな")]
    public string? Kana { get; set; }

    [Display(Name = "種類")]
    public string? Category { get; set; }

    [Display(Name = "交換の案内のアドレス")]
    public string? Landing { get; set; }

    [Display(Name = "問い合わせ先のアドレス")]
    public string? Contact { get; set; }

    [Display(Name = "一覧に出る日")]
    public string? From { get; set; }

    [Display(Name = "終わりの日")]
    public string? Until { get; set; }

    public static PartnerFields Of(Partner p) => new()
    {
        Name = p.Name, Kana = p.Kana, Category = Words<PartnerCategory>.Of(p.Category), Landing = p.Landing, Contact = p.Contact, From = TypedDay.Of(p.From), Until = TypedDay.Of(p.Until),
    };

    /// <param name="from">When no day was typed.</param>
    public WantedPartner Wanted(DateOnly from) => new(Name ?? "", Kana ?? "", Category ?? "", Contact ?? "", Landing ?? "", TypedDay.Read(From) ?? from, TypedDay.Read(Until));

    public static string FieldOf(Refusal no) => no.Fact<string>("field") switch
    {
        "kana" => nameof(Kana),
        "category" => nameof(Category),
        "contact" => nameof(Contact),
        "landing" => nameof(Landing),
        _ => no.Code == "out_of_period" ? nameof(Until) : nameof(Name),
    };
}

/// <summary>Another name, address or last day of a partner.</summary>
public sealed class ChangePartnerPage(PartnerCache partners, ChangePartner change) : PartnerFormPage(partners)
{
    [BindProperty]
    public PartnerFields Fields { get; set; } = new();

    public Task<IActionResult> OnPost(CancellationToken stop) => Save(() => change.Run(Work, Key!, Fields.Wanted(Partner.From), stop));

    protected override void Begin() => Fields = PartnerFields.Of(Partner);

    protected override string FieldOf(Refusal no) => $"{nameof(Fields)}.{PartnerFields.FieldOf(no)}";
}

/// <summary>A new partner: by this form alone (S0-5006).</summary>
public sealed class NewPartnerPage(ChangePartner change, PartnerCache partners, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "番号")]
    public string? Key { get; set; }

    [BindProperty]
    public PartnerFields Fields { get; set; } = new();

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public void OnGet() => Fields.From = TypedDay.Of(clock.Today());

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var key = Typed.HalfWidth(Key);
        var wanted = Fields.Wanted(clock.Today());
        // A key that is there belongs to another company, unless it is the same form sent twice.
        if ((await partners.View()).Find(key) is { } known && (known.Name != wanted.Name.Trim() || known.From != wanted.From)) return this.Refuse(nameof(Key), Refusal.Of("id_reused"));
        var done = await change.Run(Work, key, wanted, stop);
        if (done.Ok) return this.SeeOther($"/operator/partners/{key}");
        var no = done.Refused!;
        return no.Code == "confirm_required" ? await No(no) : this.Refuse(no.Fact<string>("field") == "key" ? nameof(Key) : $"{nameof(Fields)}.{PartnerFields.FieldOf(no)}", no);
    }
}
