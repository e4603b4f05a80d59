using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.Sandbox.Online;

/// <summary>A site's own login and consent (RFC 6749 4.1, 7636). A client or way back that it does not know gets no redirect.</summary>
[Microsoft.AspNetCore.Routing.Host(OnlineParty.ShopHost, OnlineParty.FundHost)]
public sealed class OnlineAuthorizePage(OnlineBooks books, OnlinePartyOptions options) : PageModel
{
    public const string Cookie = "site-member";

    [BindProperty(SupportsGet = true, Name = "client_id")]
    public string? ClientId { get; set; }

    [BindProperty(SupportsGet = true, Name = "redirect_uri")]
    public string? Back { get; set; }

    [BindProperty(SupportsGet = true, Name = "response_type")]
    public string? Type { get; set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true, Name = "code_challenge")]
    public string? CodeChallenge { get; set; }

    [BindProperty(SupportsGet = true, Name = "code_challenge_method")]
    public string? Method { get; set; }

    public string Key => HttpContext.SiteKey();

    public string? Member => books.MemberOf(Key, Request.Cookies[Cookie]);

    public string? Wrong { get; private set; }

    /// <summary>This page with its question.</summary>
    public string Here => $"/oauth/authorize?client_id={Enc(ClientId)}&redirect_uri={Enc(Back)}&response_type={Enc(Type)}&state={Enc(State)}&code_challenge={Enc(CodeChallenge)}&code_challenge_method={Enc(Method)}";

    private bool IsGood => ClientId == OnlineBooks.ClientId && Back == options.Back(Key) && Type == "code" && Method == "S256" && CodeChallenge?.Length == 43;

    public IActionResult OnGet() => IsGood ? Page() : BadRequest();

    public IActionResult OnPostLogIn(string? member, string? password)
    {
        if (!IsGood) return BadRequest();
        if (books.LogIn(Key, member, password) is not { } cookie)
        {
            Wrong = "会員番号かパスワードがちがいます。";
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        Response.Cookies.Append(Cookie, cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });
        return Redirect(Here);
    }

    public IActionResult OnPostAllow() =>
        !IsGood || Member is not { } member ? BadRequest() : Redirect($"{Back}?code={Enc(books.Code(Key, member, CodeChallenge!, Back!))}&state={Enc(State)}");

    public IActionResult OnPostDeny() => IsGood ? Redirect($"{Back}?error=access_denied&state={Enc(State)}") : BadRequest();

    /// <summary>Whoever is no member can't be linked.</summary>
    public IActionResult OnPostStranger() => IsGood ? Redirect($"{Back}?error=account_missing&state={Enc(State)}") : BadRequest();

    private static string Enc(string? text) => Uri.EscapeDataString(text ?? "");
}
