using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>Where a partner's login and interface are from a day on. The secret goes in and never comes out.</summary>
public sealed class SitePage(PartnerCache partners, SetPartnerSite set, TimeProvider clock) : PartnerFormPage(partners)
{
    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "ログインの画面のアドレス")]
    public string? Authorize { get; set; }

    [BindProperty, Display(Name = "引きかえのアドレス")]
    public string? Token { get; set; }

    [BindProperty, Display(Name = "ポイントのシステムのアドレス")]
    public string? Api { get; set; }

    [BindProperty, Display(Name = "つなぐための番号")]
    public string? ClientId { get; set; }

    [BindProperty, Display(Name = "つなぐための合言葉")]
    public string? ClientSecret { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedPartnerSite(Day(nameof(From), From), Authorize ?? "", Token ?? "", Api ?? "", ClientId?.Trim() ?? "", ClientSecret?.Trim() ?? "");
        return Save(() => set.Run(Work, Key!, wanted, stop));
    }

    protected override void Begin()
    {
        From = TypedDay.Of(clock.Today());
        if (Partner.Sites.Count == 0) return;
        var last = Partner.Sites[0];
        (Authorize, Token, Api, ClientId) = (last.Authorize.OriginalString, last.Token.OriginalString, last.Api.OriginalString, last.ClientId);
    }

    protected override string FieldOf(Refusal no) => no.Fact<string>("field") switch
    {
        "authorize" => nameof(Authorize),
        "token" => nameof(Token),
        "api" => nameof(Api),
        "clientId" => nameof(ClientId),
        "clientSecret" => nameof(ClientSecret),
        _ => nameof(From),
    };
}
