using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.PartnerLinks;
using MyKey.App.Shared.Web;

namespace MyKey.App.OnlineSites;

/// <summary>A site's login, and where it is given links.</summary>
public sealed class SiteLoginPage(OnlineSiteCache sites, ChangeOnlineSite change, TimeProvider clock) : LoginFormPage<OnlineSite>(OnlineSiteFormPage.Keyed(sites), clock)
{
    [BindProperty, Display(Name = "つながりを渡すアドレス")]
    public override string? Api { get; set; }

    protected override (Uri Authorize, Uri Token, Uri Api, string ClientId)? Last => Found.Logins is [{ } last, ..] ? (last.Authorize, last.Token, last.Api, last.ClientId) : null;

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedOnlineLogin(Day(nameof(From), From), Authorize ?? "", Token ?? "", Api ?? "", ClientId?.Trim() ?? "", ClientSecret?.Trim() ?? "");
        return Save(() => change.Login(Work, Key!, wanted, stop), then: asked => this.SeeOther(asked.Back(Back)));
    }
}
