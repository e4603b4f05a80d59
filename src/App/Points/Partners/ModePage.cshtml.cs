using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>A way to exchange, with its days (S2-P11, K-21).</summary>
public sealed class ModePage(PartnerCache partners, ChangePartner change) : PartnerFormPage(partners)
{
    public static IReadOnlyList<SelectListItem> Modes { get; } = [.. Enum.GetValues<ExchangeMode>().Select(m => new SelectListItem(PartnerWords.Of(m), Words<ExchangeMode>.Of(m)))];

    [BindProperty, Display(Name = "受け取り方")]
    public string? Mode { get; set; }

    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "いつまで")]
    public string? Until { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedMode(Mode ?? "", Day(nameof(From), From), TypedDay.Read(Until));
        return Save(() => change.Mode(Work, Key!, wanted, stop));
    }

    protected override string FieldOf(Refusal no) => no.Code == "field_unknown" ? nameof(Mode) : nameof(From);
}
