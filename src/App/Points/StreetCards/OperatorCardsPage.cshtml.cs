using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.StreetCards;

/// <summary>The operators of street cards, and the charges that do not come to their end by themselves, with a button for each.</summary>
public sealed class OperatorCardsPage(StreetCardOperators operators, ChargeOrders orders, ChargeBacks backs, ResolveCharge resolve, LedgerReading reading, TimeProvider clock) : StaffPage
{
    public const string Here = "/operator/street-cards";

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<StreetCardOperator> Operators { get; private set; } = [];

    public IReadOnlyList<ChargeOrder> Stuck { get; private set; } = [];

    /// <summary>Charges whose taking back the centre has not answered, with their receipts.</summary>
    public IReadOnlyList<(ChargeBack Back, ReceiptNumber Receipt)> StuckBacks { get; private set; } = [];

    public Guid NewId { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop)
    {
        (Operators, Stuck, NewId) = (await operators.All(stop), await orders.Stuck(stop), Ids.NewV7(clock));
        var backsNow = new List<(ChargeBack, ReceiptNumber)>();
        foreach (var (bucket, back) in await backs.Stuck(stop)) backsNow.Add((back, Must.Have(await reading.Find(bucket, back.Charge), "a charge that was posted is there").Receipt));
        StuckBacks = backsNow;
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var asked = await resolve.Ask(Work, new TransferId(Id), stop);
        return asked.Refused is { } no ? await this.Refuse(no, new NextStep("カードの一覧へ", Here)) : this.SeeOther($"{Here}?done={Words<ChargeState>.Of(asked.Value.State)}");
    }

    public string NameOf(ChargeOrder order) => Operators.FirstOrDefault(o => o.Id == order.Operator)?.Name ?? "";

    public static string Keeps(ChargeOrder order) => order switch
    {
        { State: ChargeState.Stuck, Reason: "amount_differs" } => $"カードの会社の答えは{Shared.Components.Words.Digits(order.Answered ?? 0)}ポイントで、申しこみとちがいます",
        { State: ChargeState.Stuck } => $"ポイントを戻せません（{order.Reason}）",
        _ => $"カードの会社の答えがありません（{order.Asks}回たずねました）",
    };
}

/// <summary>Ends a charge with a reason, with the points back or not; the one-time password is asked again.</summary>
public sealed class EndChargePage(ChargeOrders orders, ResolveCharge resolve, StreetCardOperators operators) : StaffPage
{
    private static readonly NextStep Back = new("カードの一覧へ", OperatorCardsPage.Here);

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "ポイント")]
    public string? How { get; set; }

    [BindProperty, Display(Name = "わけ")]
    public string? Reason { get; set; }

    public ChargeOrder Order { get; private set; } = null!;

    public string Name { get; private set; } = "";

    public IReadOnlyList<SelectListItem> Hows { get; } = [new("もとに戻す（カードには入っていない）", "back"), new("戻さない（カードに入っている）", "keep")];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) ?? Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return gone;
        if (How is not ("back" or "keep")) return this.Refuse(nameof(How), Refusal.Of("field_required", ("field", nameof(How))));
        var ended = await resolve.End(Work, Order.Id, (Reason, How == "back"), stop);
        if (ended.Ok) return this.SeeOther($"{OperatorCardsPage.Here}?done={Words<ChargeState>.Of(ended.Value.State)}");
        return ended.Refused!.Code is "confirm_required" or "not_found" ? await No(ended.Refused, Back) : this.Refuse(nameof(Reason), ended.Refused);
    }

    private async Task<IActionResult?> Show(CancellationToken stop)
    {
        if (await orders.Stuck(new TransferId(Id), stop) is not { } order) return await this.Refuse(Refusal.Of("not_found"), Back);
        (Order, Name) = (order, (await operators.Find(order.Operator, stop))?.Name ?? "");
        return null;
    }
}

/// <summary>One operator of street cards: added here, or changed. The secret goes in and never comes out.</summary>
public sealed class CardOperatorPage(StreetCardOperators operators, RegistryCache registry) : StaffPage
{
    [BindProperty, Display(Name = "名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "自治体の番号")]
    public string? Town { get; set; }

    [BindProperty, Display(Name = "種類")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "ポイントを入れること")]
    public string? Charges { get; set; }

    [BindProperty, Display(Name = "カードのシステムのアドレス")]
    public string? Api { get; set; }

    [BindProperty, Display(Name = "つなぐための番号")]
    public string? ClientId { get; set; }

    [BindProperty, Display(Name = "つなぐための合言葉")]
    public string? ClientSecret { get; set; }

    [BindProperty, Display(Name = "いま")]
    public string? State { get; set; }

    public StreetCardOperator? Known { get; private set; }

    public string TownName { get; private set; } = "";

    public IReadOnlyList<SelectListItem> Kinds { get; } = [.. Enum.GetValues<StreetCardKind>().Select(k => new SelectListItem(StreetCardOperator.Word(k), Words<StreetCardKind>.Of(k)))];

    public IReadOnlyList<SelectListItem> Can { get; } = [new("できる", "yes"), new("できない", "no")];

    public IReadOnlyList<SelectListItem> States { get; } = [new("使う", "on"), new("休む", "off")];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task OnGet(Guid id, CancellationToken stop)
    {
        await Show(id, stop);
        (Kind, Charges, State) = ("street", "yes", "on");
        if (Known is { } k) (Name, Town, Kind, Charges, Api, ClientId, State) = (k.Name, k.Municipality.Value, Words<StreetCardKind>.Of(k.Kind), k.Charges ? "yes" : "no", k.Api.OriginalString, k.ClientId, Words<StreetCardState>.Of(k.State));
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        await Show(id, stop);
        var wanted = new WantedCardOperator(id, Known?.Municipality.Value ?? Town, Name, Words<StreetCardKind>.Find(Kind ?? ""), Charges == "yes", Api, ClientId?.Trim(), ClientSecret?.Trim(), State != "off");
        var saved = await operators.Save(Work, wanted, stop);
        if (saved.Ok) return this.SeeOther(saved.Value.Back(OperatorCardsPage.Here));
        var no = saved.Refused!;
        if (no.Code is "confirm_required" or "not_found" or "proposal_waits") return await No(no);
        return this.Refuse(no.Code == "municipality_unknown" ? nameof(Town) : no.Fact<string>("field") switch
        {
            "municipality" => nameof(Town),
            "kind" => nameof(Kind),
            "api" => nameof(Api),
            "clientId" => nameof(ClientId),
            "clientSecret" => nameof(ClientSecret),
            _ => nameof(Name),
        }, no);
    }

    private async Task Show(Guid id, CancellationToken stop)
    {
        Known = await operators.Find(id, stop);
        TownName = Known is { } known ? (await registry.View()).Find(known.Municipality)?.Name ?? known.Municipality.Value : "";
    }
}
