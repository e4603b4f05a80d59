using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates.Lineage;

namespace MyKey.App.MyPage;

/// <summary>Another card came to this ID: told until the citizen has looked (S0-4029a).</summary>
public sealed class CardPageModel(JoinCertificate joins) : CitizenPage
{
    public JoinedCard? Joined { get; private set; }

    public string Cause => Joined?.Cause switch
    {
        JoinCause.Renewed => "電子証明書を新しくした",
        JoinCause.Reissued => "カードをつくり直した",
        _ => "窓口でたしかめた",
    };

    public async Task OnGet(CancellationToken stop) => Joined = await joins.Untold(Citizen.Id, stop);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await joins.Told(Citizen.Id, stop);
        return this.SeeOther(CitizenShell.Home);
    }
}
