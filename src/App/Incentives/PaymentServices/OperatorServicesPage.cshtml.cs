using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.PaymentServices;

/// <summary>The payment services for those who run the platform.</summary>
public sealed class OperatorServicesPage(FindPaymentServices services, TimeProvider clock) : StaffPage
{
    public const string Here = "/operator/payment-services";

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<PaymentService> Services { get; private set; } = [];

    public Guid NewId { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (Services, NewId) = (await services.All(stop), Ids.NewV7(clock));
}

/// <summary>One payment service: added here, or changed. The secret goes in and never comes out.</summary>
public sealed class OperatorServicePage(FindPaymentServices services, SavePaymentService save, MachineKeys keys) : StaffPage
{
    [BindProperty, Display(Name = "名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "ポイントの使い方")]
    public string? Use { get; set; }

    [BindProperty, Display(Name = "問い合わせ先")]
    public string? Contact { get; set; }

    [BindProperty, Display(Name = "サービスのページ")]
    public string? Site { get; set; }

    [BindProperty, Display(Name = "窓口での手続き")]
    public string? Counter { get; set; }

    [BindProperty, Display(Name = "サービスのシステムのアドレス")]
    public string? Api { get; set; }

    [BindProperty, Display(Name = "つなぐための番号")]
    public string? ClientId { get; set; }

    [BindProperty, Display(Name = "つなぐための合言葉")]
    public string? ClientSecret { get; set; }

    [BindProperty, Display(Name = "いま")]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public PaymentService? Known { get; private set; }

    /// <summary>The keys of its systems.</summary>
    public IReadOnlyList<MachineKey> Keys { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Uses { get; } = [.. Enum.GetValues<PointsUse>().Select(u => new SelectListItem(PaymentService.Word(u), Words<PointsUse>.Of(u)))];

    public IReadOnlyList<SelectListItem> Can { get; } = [new("できる", "yes"), new("できない", "no")];

    public IReadOnlyList<SelectListItem> States { get; } = [new("使う", "on"), new("休む", "off")];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task OnGet(Guid id, CancellationToken stop)
    {
        await Load(id, stop);
        (Use, Counter, State) = ("direct", "no", "on");
        if (Known is { } k) (Name, Use, Contact, Site, Counter, Api, ClientId, State) = (k.Name, Words<PointsUse>.Of(k.Use), k.Contact, k.Page.OriginalString, k.Counter ? "yes" : "no", k.Api.OriginalString, k.ClientId, k.IsOn ? "on" : "off");
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        await Load(id, stop);
        var wanted = new WantedPaymentService(id, Name, Words<PointsUse>.Find(Use ?? ""), Contact, Site, Counter == "yes", Api, ClientId?.Trim(), ClientSecret?.Trim(), State != "off");
        var saved = await save.Run(Work, wanted, stop);
        if (saved.Ok) return this.SeeOther(saved.Value.Back(OperatorServicesPage.Here));
        var no = saved.Refused!;
        if (no.Code is "confirm_required" or "not_found" or "proposal_waits") return await No(no);
        return this.Refuse(no.Fact<string>("field") switch
        {
            "use" => nameof(Use),
            "contact" => nameof(Contact),
            "page" => nameof(Site),
            "api" => nameof(Api),
            "clientId" => nameof(ClientId),
            "clientSecret" => nameof(ClientSecret),
            _ => nameof(Name),
        }, no);
    }

    private async Task Load(Guid id, CancellationToken stop)
    {
        Known = await services.Find(new PaymentServiceId(id), stop);
        if (Known is not null) Keys = [.. (await keys.All(null, stop)).Where(k => k.Holder == id)];
    }
}

/// <summary>From when until when each service can be chosen for what this municipality grants (S1-36, S1-41).</summary>
public sealed class OfficeServicesPage(FindPaymentServices services, StartPaymentService start) : StaffPage
{
    public const string Here = "/office/payment-services";

    [BindProperty, Display(Name = "決済サービス")]
    public Guid Service { get; set; }

    [BindProperty, Display(Name = "はじめの日")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "終わりの日")]
    public string? Until { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<(PaymentService Service, ServiceStart? Start)> All { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Choices => [.. All.Where(s => s.Service.IsOn).Select(s => new SelectListItem(s.Service.Name, s.Service.Id.Value.ToString()))];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet(CancellationToken stop) => await Show(stop);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var from = this.Day(nameof(From), From);
        var until = string.IsNullOrWhiteSpace(Until) ? (DateOnly?)null : this.Day(nameof(Until), Until);
        if (!ModelState.IsValid) return this.Again();
        var set = await start.Run(Work, new PaymentServiceId(Service), null, (from, until), stop);
        return set.Refused is { } no ? this.Refuse(no.Code == "period_format" ? nameof(Until) : nameof(Service), no) : this.SeeOther($"{Here}?saved=1");
    }

    private async Task Show(CancellationToken stop)
    {
        var here = (await services.Starts(stop: stop)).Where(s => s.Municipality == Work.Office.Code).ToDictionary(s => s.Service);
        All = [.. (await services.All(stop)).Select(s => (s, here.GetValueOrDefault(s.Id)))];
    }
}
