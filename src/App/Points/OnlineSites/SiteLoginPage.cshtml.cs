using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>Where a site's login and interface are from a day on. The secret goes in and never comes out.</summary>
public sealed class SiteLoginPage(OnlineSiteCache sites, ChangeOnlineSite change, TimeProvider clock) : OnlineSiteFormPage(sites)
{
    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "ログインの画面のアドレス")]
    public string? Authorize { get; set; }

    [BindProperty, Display(Name = "引きかえのアドレス")]
    public string? Token { get; set; }

    [BindProperty, Display(Name = "つながりを渡すアドレス")]
    public string? Api { get; set; }

    [BindProperty, Display(Name = "つなぐための番号")]
    public string? ClientId { get; set; }

    [BindProperty, Display(Name = "つなぐための合言葉")]
    public string? ClientSecret { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedOnlineLogin(Day(nameof(From), From), Authorize ?? "", Token ?? "", Api ?? "", ClientId?.Trim() ?? "", ClientSecret?.Trim() ?? "");
        return Save(() => change.Login(Work, Key!, wanted, stop));
    }

    protected override Task Begin()
    {
        From = TypedDay.Of(clock.Today());
        if (Site.Logins.Count > 0)
        {
            var last = Site.Logins[0];
            (Authorize, Token, Api, ClientId) = (last.Authorize.OriginalString, last.Token.OriginalString, last.Api.OriginalString, last.ClientId);
        }
        return Task.CompletedTask;
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
