using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>One offer: what it says, what is missing before it is published, and its end. An id that nobody knows begins a programme with it.</summary>
public sealed class OfficeOfferPage(OfficeOffers offers, SaveOffer save, FindOffers find, FindPaymentServices services, TimeProvider clock) : StaffPage
{
    private static readonly NextStep List = new("募集の一覧へ", "/office/offers");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "募集の名前")]
    public string? Title { get; set; }

    [BindProperty, Display(Name = "分類")]
    public string? Category { get; set; }

    [BindProperty, Display(Name = "内容")]
    public string? Summary { get; set; }

    [BindProperty, Display(Name = "条件")]
    public string? Conditions { get; set; }

    [BindProperty, Display(Name = "1人のポイント")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "申しこみの最初の日")]
    public string? ApplyFrom { get; set; }

    [BindProperty, Display(Name = "申しこみの最後の日")]
    public string? ApplyUntil { get; set; }

    [BindProperty, Display(Name = "職員があとから入れられる最後の日")]
    public string? LateUntil { get; set; }

    [BindProperty, Display(Name = "審査")]
    public string? Screening { get; set; }

    [BindProperty, Display(Name = "受け取り方")]
    public string? Delivery { get; set; }

    [BindProperty, Display(Name = "受け取りの最後の日")]
    public string? ClaimUntil { get; set; }

    [BindProperty, Display(Name = "問い合わせ先の担当")]
    public string? Contact { get; set; }

    [BindProperty, Display(Name = "問い合わせ先の電話番号")]
    public string? ContactNumber { get; set; }

    [BindProperty, Display(Name = "問い合わせ先のメールアドレス")]
    public string? ContactMailbox { get; set; }

    [BindProperty, Display(Name = "1人に付与する回数")]
    public string? Per { get; set; }

    [BindProperty, Display(Name = "申しこめる人")]
    public string? Who { get; set; }

    [BindProperty, Display(Name = "予算")]
    public string? Budget { get; set; }

    /// <summary>Of the budget's change.</summary>
    [BindProperty]
    public Guid Change { get; set; }

    [BindProperty, Display(Name = "決済サービス")]
    public Guid Service { get; set; }

    [BindProperty, Display(Name = "選べる最初の日")]
    public string? ServiceFrom { get; set; }

    [BindProperty, Display(Name = "選べる最後の日")]
    public string? ServiceUntil { get; set; }

    /// <summary>What was just done.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    /// <summary>Null while it is being begun.</summary>
    public Offer? Offer { get; private set; }

    /// <summary>Null where the form begins one.</summary>
    public Programme? Programme { get; private set; }

    public IReadOnlyList<string> Missing { get; private set; } = [];

    /// <summary>The payment services of its list, with the days of each.</summary>
    public IReadOnlyList<(PaymentService Service, OfferPaymentService Days)> Services { get; private set; } = [];

    public IReadOnlyList<SelectListItem> ServiceChoices { get; private set; } = [];

    public OfferState State => Offer?.State ?? OfferState.Draft;

    public static IReadOnlyList<SelectListItem> Categories { get; } = [new("選んでください", ""), .. OfferCategory.All.Select(c => new SelectListItem(c.Name, c.Code))];

    public static IReadOnlyList<SelectListItem> Screenings { get; } = [new("職員がたしかめてから付与する", "by_hand"), new("申しこむとすぐに付与する", "none")];

    public IReadOnlyList<SelectListItem> Deliveries =>
        [new($"{Work.Office.PointName}", "municipal_points"), new("キャッシュレス決済サービスのポイント", "payment_service"), new("住民がどちらかを選ぶ", "citizen_chooses")];

    public static IReadOnlyList<SelectListItem> Pers { get; } = [new("1人1回", "ever"), new("1人、1年に1回（4月から3月まで）", "year")];

    public static IReadOnlyList<SelectListItem> Whos { get; } = [new("どなたでも", "anyone"), new("対象者の一覧にある人", "list"), new("条件を職員が確認した人", "proof")];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop)
    {
        await Show(stop);
        Change = Ids.NewV7(clock);
        (Title, Amount) = (Programme?.Name, Programme?.Rules.Usual?.ToString());
        if (Offer is not { } o) return;
        (Title, Category, Summary, Conditions, Amount) = (o.Texts.Title, o.Texts.Category, o.Texts.Summary, o.Texts.Conditions, o.Terms.Amount?.ToString());
        (ApplyFrom, ApplyUntil, LateUntil, ClaimUntil) = (TypedDay.Of(o.Days.ApplyFrom), TypedDay.Of(o.Days.ApplyUntil), TypedDay.Of(o.Days.LateUntil), TypedDay.Of(o.Days.ClaimUntil));
        (Screening, Delivery) = (Words<Screening>.Of(o.Terms.Screening), Words<Delivery>.Of(o.Terms.Delivery));
        (Contact, ContactNumber, ContactMailbox) = (o.Texts.Contact.Desk, o.Texts.Contact.Number, o.Texts.Contact.Mailbox);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var (from, until) = (this.Day(nameof(ApplyFrom), ApplyFrom), this.Day(nameof(ApplyUntil), ApplyUntil));
        var (late, claim) = (Optional(nameof(LateUntil), LateUntil), Optional(nameof(ClaimUntil), ClaimUntil));
        var (amount, budget) = (Number(nameof(Amount), Amount), Number(nameof(Budget), Budget));
        var who = Words<Eligibility>.Find(string.IsNullOrEmpty(Who) ? "anyone" : Who);
        if (who is null) this.Note(nameof(Who), Refusal.Of("field_unknown", ("field", nameof(Who))));
        if (!ModelState.IsValid) return this.Again();
        // What was promised and is not asked for again stays.
        var fixedTerms = State == OfferState.Draft ? null : Offer!.Terms;
        var saved = await offers.Save(Work, new OfferEntry(new ProgrammeId(Id), Title, fixedTerms is null ? from : Offer!.Days.ApplyFrom, until)
        {
            Category = Category, Summary = Summary, Conditions = Conditions, Amount = fixedTerms is null ? amount : fixedTerms.Amount?.Value, LateUntil = late, ClaimUntil = claim,
            Screening = fixedTerms is null ? Screening : Words<Screening>.Of(fixedTerms.Screening), Delivery = fixedTerms is null ? Delivery : Words<Delivery>.Of(fixedTerms.Delivery),
            Contact = Contact, ContactNumber = ContactNumber, ContactMailbox = ContactMailbox,
        }, Programme is null ? new NewProgramme(Per == "year", who!.Value, budget, Change) : null, stop);
        if (saved.Ok) return this.SeeOther($"/office/offers/{Id}?saved=draft");
        var no = saved.Refused!;
        return no.Code is "not_found" or "id_reused" ? await No(no, List) : this.Refuse(FieldOf(no), no);
    }

    public async Task<IActionResult> OnPostService(CancellationToken stop)
    {
        await OnGet(stop);
        if (Offer is null) return await No(Refusal.Of("not_found"), List);
        var (from, until) = (this.Day(nameof(ServiceFrom), ServiceFrom), Optional(nameof(ServiceUntil), ServiceUntil));
        if (!ModelState.IsValid) return this.Again();
        var set = await offers.SetService(Work, Offer.Programme, new OfferPaymentService(new PaymentServiceId(Service), from, until), stop);
        return set.Refused is { } no ? this.Refuse(no.Code == "out_of_period" ? nameof(ServiceUntil) : nameof(Service), no) : this.SeeOther($"/office/offers/{Id}?saved=service");
    }

    public async Task<IActionResult> OnPostPublish(CancellationToken stop)
    {
        var done = await offers.Publish(Work, new ProgrammeId(Id), stop);
        return done.Refused is { } no ? await No(no, Back()) : this.SeeOther($"/office/offers/{Id}?saved=published");
    }

    public async Task<IActionResult> OnPostClose(CancellationToken stop)
    {
        var done = await offers.Close(Work, new ProgrammeId(Id), stop);
        return done.Refused is { } no ? await No(no, Back()) : this.SeeOther($"/office/offers/{Id}?saved=closed");
    }

    private async Task Show(CancellationToken stop)
    {
        Programme = await offers.Programme(Work, new ProgrammeId(Id), stop) is { Ok: true } programme ? programme.Value : null;
        Offer = await offers.One(Work, new ProgrammeId(Id), stop) is { Ok: true } found ? found.Value : null;
        if (Offer is { State: OfferState.Draft }) Missing = await save.Missing(Offer, stop);
        if (Offer is not { IsClaimed: true }) return;
        var all = await services.All(stop);
        Services = [.. (await find.ServicesOf(Offer.Programme, stop)).Select(d => (all.First(s => s.Id == d.Service), d))];
        ServiceChoices = [.. all.Where(s => s.IsOn).Select(s => new SelectListItem(s.Name, s.Id.Value.ToString()))];
    }

    private NextStep Back() => new("募集に戻る", $"/office/offers/{Id}");

    private DateOnly? Optional(string field, string? typed)
    {
        var day = TypedDay.Read(typed);
        if (day is null && !string.IsNullOrWhiteSpace(typed)) this.Note(field, Refusal.Of("number_format"));
        return day;
    }

    private long? Number(string field, string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var amount = Kernel.Points.Read(typed);
        if (amount.Refused is { } no) this.Note(field, no);
        return amount.Ok ? amount.Value.Value : null;
    }

    private static string FieldOf(Refusal no) => no.Code switch
    {
        "out_of_period" or "offer_fixed" => nameof(ApplyUntil),
        "amount_format" => nameof(Amount),
        "mail_format" => nameof(ContactMailbox),
        "number_format" => nameof(ContactNumber),
        "budget_exhausted" => nameof(Budget),
        "field_required" when no.Fact<string>("field") == "title" => nameof(Title),
        "too_large" or "my_number_refused" or "pan_refused" or "field_unknown" => nameof(Summary),
        _ => nameof(Title),
    };
}
