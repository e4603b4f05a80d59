using Microsoft.AspNetCore.Mvc;
using MyKey.App.Machines;

namespace MyKey.App.Partners;

/// <summary>Asks for a key of a partner's system.</summary>
public sealed class PartnerKeyPage(PartnerCache partners, PartnerKeys keys, TimeProvider clock) : KeyRequestPage<Partner>(PartnerFormPage.Keyed(partners), clock)
{
    public Task<IActionResult> OnPost(CancellationToken stop) => Save(() => keys.Ask(Work, Key!, new WantedPartnerKey(Id, Label ?? "", EachNetwork, ValidDays), stop), "key");
}
