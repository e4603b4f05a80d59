using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Web;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.SignIn;

/// <summary>Login of a citizen by MyKey ID and password (S0-1004b).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class LoginPageModel(LoginByPassword login, SupportDesks desks, CardOptions cards) : PageModel
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    /// <summary>The page that was asked for.</summary>
    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    [BindProperty(SupportsGet = true, Name = "expired")]
    public string? Expired { get; set; }

    [BindProperty(SupportsGet = true, Name = "left")]
    public string? Left { get; set; }

    /// <summary>How the way to the card ended: a code, or that it was given up.</summary>
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    public bool TakesCards => cards.On;

    public bool TakesPhones => cards.TakesPhones;

    public string ByCard => CardEndpoints.AskPath(Purpose.Login, Asked);

    public string ByPhone => $"{PhoneEndpoints.StartPath}?back={Uri.EscapeDataString(Asked ?? "")}";

    /// <summary>At a support desk people come with their card; nobody types a password there.</summary>
    public async Task<IActionResult> OnGet() => await desks.Of(HttpContext) is null ? Page() : this.SeeOther(Card is null ? SupportDesks.Home : $"{SupportDesks.Home}?card={Uri.EscapeDataString(Card)}");

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await desks.Of(HttpContext) is not null) return this.RefuseLogin(Refusal.Of("card_login_required"));
        var typed = new TypedPassword(MyKeyId, Password, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), ShellCookie.Device.Read(HttpContext));
        var judged = await login.Login(typed, ShellCookie.Citizen.Read(HttpContext), stop);
        // One sentence for both fields: which of them is wrong is told to nobody.
        if (judged.Refused is { } no) return this.RefuseLogin(no);
        ShellCookie.Citizen.Set(HttpContext, judged.Value.SessionToken);
        ShellCookie.Device.Set(HttpContext, judged.Value.DeviceToken);
        return this.SeeOther(CitizenShell.Back(Asked));
    }
}
