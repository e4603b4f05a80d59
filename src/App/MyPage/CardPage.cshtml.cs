using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates.Lineage;

namespace MyKey.App.MyPage;

/// <summary>Another card came to this ID: told until the citizen has looked (S0-4029a).</summary>
public sealed class CardPageModel(JoinCertificate joins, RequestJoin requests) : CitizenPage
{
    public JoinedCard? Joined { get; private set; }

    public string Cause => Joined?.Cause switch
    {
        JoinCause.Renewed => "電子証明書を新しくした",
        JoinCause.Reissued => "カードをつくり直した",
        JoinCause.Counter => "窓口でたしかめた",
        _ => "3日のあいだ、だれも断らなかった",
    };

    /// <summary>A card that asks for this ID: its citizen may say no.</summary>
    public JoinRequest? Asking { get; private set; }

    public async Task OnGet(CancellationToken stop) => (Joined, Asking) = (await joins.Untold(Citizen.Id, stop), await requests.For(Citizen.Id, stop));

    public async Task<IActionResult> OnPostObject(CancellationToken stop) =>
        (await requests.Object(Session, stop)).Refused is { } no ? await this.Refuse(no) : this.SeeOther(CitizenShell.Home);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await joins.Told(Citizen.Id, stop);
        return this.SeeOther(CitizenShell.Home);
    }
}
