using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>One partner: ways, terms and campaigns with their days.</summary>
public sealed class PartnerPage(PartnerCache partners) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Partner Partner { get; private set; } = null!;

    public async Task<IActionResult> OnGet()
    {
        if ((await partners.View()).Find(Key) is not { } partner) return await this.Refuse(Refusal.Of("not_found"), PartnerFormPage.ToList);
        Partner = partner;
        return Page();
    }
}

/// <summary>A form about one partner.</summary>
public abstract class PartnerFormPage(PartnerCache partners) : KeyedFormPage<Partner>(Keyed(partners))
{
    public static readonly NextStep ToList = new("協力会社の一覧へ", "/operator/partners");

    public Partner Partner => Found;

    internal static KeyedThings<Partner> Keyed(PartnerCache partners) => new(async key => (await partners.View()).Find(key), partner => $"/operator/partners/{partner.Key}", ToList, "会社に戻る");
}
