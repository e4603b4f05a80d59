using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Shared.Web;

namespace MyKey.App.PartnerLinks;

/// <summary>A partner's login, and where its points are asked for.</summary>
public sealed class SitePage(PartnerCache partners, SetPartnerSite set, TimeProvider clock) : LoginFormPage<Partner>(PartnerFormPage.Keyed(partners), clock)
{
    [BindProperty, Display(Name = "ポイントのシステムのアドレス")]
    public override string? Api { get; set; }

    protected override (Uri Authorize, Uri Token, Uri Api, string ClientId)? Last => Found.Sites is [{ } last, ..] ? (last.Authorize, last.Token, last.Api, last.ClientId) : null;

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedPartnerSite(Day(nameof(From), From), Authorize ?? "", Token ?? "", Api ?? "", ClientId?.Trim() ?? "", ClientSecret?.Trim() ?? "");
        return Save(() => set.Run(Work, Key!, wanted, stop), then: asked => this.SeeOther(asked.Back(Back)));
    }
}
