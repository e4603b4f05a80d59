using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Passkeys;
using MyKey.Identity.Passwords;

namespace MyKey.App.Passkeys;

/// <summary>Staff come in with a passkey: one screen in place of two (V-D3).</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class PasskeyLoginPage(LoginByPasskey login) : PageModel
{
    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty(SupportsGet = true, Name = "back")]
    public string? Asked { get; set; }

    public PasskeyForm Form { get; private set; } = null!;

    public string Other => $"{Door.LoginPath}?back={Uri.EscapeDataString(Door.Back(Asked))}";

    private StaffDoor Door => StaffDoor.Of(Request.Path);

    public Task OnGet(CancellationToken stop) => Ask(auto: true, stop);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var visitor = new PasskeyVisitor(Door.Kind, ShellCookie.BeforeLogin.Read(HttpContext), ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress));
        var opened = await login.Login(visitor, new PasskeyAnswer(Question, Credential), Door.Cookie.Read(HttpContext), stop);
        if (opened.Refused is { } no)
        {
            await Ask(auto: false, stop);
            return this.RefuseLogin(no);
        }
        Door.Cookie.Set(HttpContext, opened.Value);
        return this.SeeOther(Door.Back(Asked));
    }

    private async Task Ask(bool auto, CancellationToken stop) =>
        Form = new PasskeyForm(await login.AskLogin(Door.Kind, ShellCookie.BeforeLogin.Keep(HttpContext), PasskeyOrigin.Of(HttpContext), stop), "get", Door.PasskeyLoginPath, "パスキーを使う", Asked, auto);
}
