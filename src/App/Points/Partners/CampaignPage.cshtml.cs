using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>A better rate for some days (S0-4006a).</summary>
public sealed class CampaignPage(PartnerCache partners, ChangePartner change) : PartnerFormPage(partners)
{
    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "いつまで")]
    public string? Until { get; set; }

    [BindProperty, Display(Name = "会社のポイント")]
    public string? PartnerPoints { get; set; }

    [BindProperty, Display(Name = "自治体ポイント")]
    public string? MunicipalPoints { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedCampaign(Day(nameof(From), From), Day(nameof(Until), Until), Number(PartnerPoints), Number(MunicipalPoints));
        return Save(() => change.Campaign(Work, Key!, wanted, stop), then: asked => this.SeeOther(asked.Back(Back)));
    }

    protected override string FieldOf(Refusal no) => no.Code == "number_format" ? nameof(PartnerPoints) : nameof(From);

    private static int Number(string? typed) => Points.Read(typed) is { Ok: true } points ? (int)Math.Min(points.Value.Value, int.MaxValue) : 0;
}
