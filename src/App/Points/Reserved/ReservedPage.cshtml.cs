using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.MyPage;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>Reserved points: each exchange with its deadline, what happens if nothing is done, and where they shall go (S0-1010a to d).</summary>
public sealed class ReservedPage(MoveReserved move, ReservedReading reading, RegistryCache registry, PartnerCache partners) : CitizenPage
{
    [BindProperty, Display(Name = "行き先")]
    public string? Town { get; set; }

    [BindProperty, Display(Name = "ポイント数")]
    public string? Amount { get; set; }

    public ReservedPlan Plan { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    public bool HasHistory { get; private set; }

    /// <summary>Why nothing goes by itself, in words; null when it does.</summary>
    public string? Held => (Plan.Held, Plan.Waits) switch
    {
        (null, _) => null,
        (HoldReason.BaseClosed, false) => "基本の自治体が、いまはポイントを出していません。期限がきても、留保のまま残ります。行き先を選ぶか、基本の自治体を変えてください。",
        (HoldReason.BaseClosed, true) => "基本の自治体が、いまはポイントを出していません。期限がすぎたポイントが残っています。行き先を選ぶか、基本の自治体を変えてください。",
        (_, false) => "基本の自治体が決まっていません。期限がきても、留保のまま残ります。行き先を選ぶか、基本の自治体を決めてください。",
        (_, true) => "基本の自治体が決まっていません。期限がすぎたポイントが残っています。行き先を選ぶか、基本の自治体を決めてください。",
    };

    private PartnerView Partners { get; set; } = null!;

    public string NameOf(PartnerId partner) => Partners.Find(partner)?.Name ?? "協力会社";

    public async Task OnGet(CancellationToken stop)
    {
        await Show(stop);
        (Town, Amount) = (Plan.Base?.Code.Value, Plan.Sum.ToString());
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var amount = Points.Read(Amount);
        if (amount.Refused is { } unreadable) return this.Refuse(nameof(Amount), unreadable);
        var good = await move.Check(Citizen, MoveOrder.Reserved(default, Town, amount.Value.Value), Plan);
        if (good.Refused is { } no) return this.Refuse(no.Code is "amount_format" or "insufficient_points" ? nameof(Amount) : nameof(Town), no);
        return this.SeeOther($"/my/reserved/confirm?town={good.Value.Purse}&amount={amount.Value}");
    }

    /// <summary>Events before the municipalities: they are few, and gone soon.</summary>
    private static IEnumerable<SelectListItem> OpenEvents(RegistryView view, DateOnly today) =>
        view.Events.Where(e => e.TakesOn(today) is null).OrderBy(e => e.Until).ThenBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => new SelectListItem($"{e.Name}（{view.Find(e.Municipality)?.FullName}のイベント）", e.Purse.ToString()));

    private async Task Show(CancellationToken stop)
    {
        Plan = await move.Plan(Citizen, stop);
        Partners = await partners.View();
        HasHistory = await reading.Any(Citizen.Id);
        var view = await registry.View();
        Choices = Towns.Choices(view, Citizen.BaseMunicipality, [.. OpenEvents(view, Plan.Today)]);
    }
}
