using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;

namespace MyKey.App.MyPage;

/// <summary>After a suspension, at the first login by card: another ID, or the same (S0-1022b).</summary>
public sealed class OfferIdPageModel(ChangeMyKeyId change) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    public async Task<IActionResult> OnGet(CancellationToken stop) =>
        await change.IsOffered(Citizen.Id, stop) ? Page() : this.SeeOther(CitizenShell.Back(Asked));

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var kept = await change.Keep(Session, stop);
        return kept.Refused is { } no ? await this.Refuse(no, new NextStep("マイページへ", CitizenShell.Home)) : this.SeeOther(CitizenShell.Back(Asked));
    }
}
