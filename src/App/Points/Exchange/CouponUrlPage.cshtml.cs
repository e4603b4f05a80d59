using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <summary>
/// The link of a partner's mail, after the log-in: the code is filled in and the confirmation comes at once (S2-P11d). Nothing is exchanged by the
/// click; a second one says that the code is used.
/// </summary>
public sealed class CouponUrlPage(JudgeCoupons judge, RegistryCache registry, TimeProvider clock) : CitizenPage
{
    public async Task<IActionResult> OnGet(string? code, CancellationToken stop)
    {
        var draft = new Draft(Ids.NewV7(clock), Citizen.BaseMunicipality?.Value ?? "", [code ?? ""], []);
        var home = Citizen.BaseMunicipality is { } town && (await registry.View()).Find(town) is { State: MunicipalityState.Live };
        if (!home)
        {
            (draft with { Town = "" }).Keep(this);
            return this.SeeOther("/my/exchange");
        }
        var judged = await judge.Run(Citizen.Id, new ExchangeOrder(draft.Id, draft.Town, draft.Codes), stop);
        if ((judged.Refused ?? judged.Value.Lines[0].Refused) is { } no) return await this.Refuse(no, new NextStep("コードを入れる画面へ", "/my/exchange"));
        draft.Keep(this);
        return this.SeeOther("/my/exchange/confirm");
    }
}
