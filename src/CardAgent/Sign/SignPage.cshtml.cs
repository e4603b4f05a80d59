using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.CardAgent.Sign;

/// <summary>GET /sign shows who asks and for what; POST /pin takes the PIN. The guard has seen to where the form came from.</summary>
[IgnoreAntiforgeryToken]
public sealed class SignPage(Asking asking) : PageModel
{
    public SignView Show { get; private set; } = new SignView.Unknown();

    public async Task OnGet() => Present(await asking.Open(Query.Challenge(Request)));

    public async Task<IActionResult> OnPost([FromForm] string? token, [FromForm] string? pin, [FromForm] string? confirm)
    {
        var view = confirm == "last" ? asking.ConfirmLastTry(token) : await asking.Try(token, pin, HttpContext.RequestAborted);
        if (view is SignView.Done done)
        {
            Response.Headers.Location = done.Location;
            Guard.AllowReturnTo(Response, new Uri(done.Location).GetLeftPart(UriPartial.Authority));
            return StatusCode(StatusCodes.Status303SeeOther);
        }
        Present(view);
        return Page();
    }

    private void Present(SignView view)
    {
        Show = view;
        Response.StatusCode = view switch
        {
            SignView.AskPin { Wrong: { } wrong } => wrong.Status,
            SignView.Stale => StatusCodes.Status409Conflict,
            SignView.Unknown => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };
        var dialog = (view as SignView.AskPin)?.Dialog ?? (view as SignView.ConfirmLastTry)?.Dialog;
        if (dialog is not null) Guard.AllowReturnTo(Response, dialog.Site.Origin);
        if (view is SignView.Waiting waiting) Response.Headers["Refresh"] = $"0; url={SignWait.Address(waiting.Challenge)}";
    }
}
