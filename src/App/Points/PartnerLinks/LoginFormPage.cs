using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.PartnerLinks;

/// <summary>Where an outside party's login and interface are from a day on. The secret goes in and never comes out.</summary>
public abstract class LoginFormPage<T>(KeyedThings<T> things, TimeProvider clock) : KeyedFormPage<T>(things) where T : class
{
    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "ログインの画面のアドレス")]
    public string? Authorize { get; set; }

    [BindProperty, Display(Name = "引きかえのアドレス")]
    public string? Token { get; set; }

    /// <summary>What it is called depends on what is asked of it.</summary>
    public abstract string? Api { get; set; }

    [BindProperty, Display(Name = "つなぐための番号")]
    public string? ClientId { get; set; }

    [BindProperty, Display(Name = "つなぐための合言葉")]
    public string? ClientSecret { get; set; }

    /// <summary>The addresses that are in force or come last; null: none yet.</summary>
    protected abstract (Uri Authorize, Uri Token, Uri Api, string ClientId)? Last { get; }

    protected override void Begin()
    {
        From = TypedDay.Of(clock.Today());
        if (Last is { } last) (Authorize, Token, Api, ClientId) = (last.Authorize.OriginalString, last.Token.OriginalString, last.Api.OriginalString, last.ClientId);
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
