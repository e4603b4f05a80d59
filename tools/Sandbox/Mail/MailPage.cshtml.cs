using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.Sandbox.Mail;

/// <summary>What arrived, the newest first; <c>?to=</c> one mailbox.</summary>
[Microsoft.AspNetCore.Routing.Host(MailParty.Host)]
public sealed class MailPage(Mailboxes boxes) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "to")]
    public string? To { get; set; }

    public IReadOnlyList<ArrivedMail> Mails { get; private set; } = [];

    public void OnGet()
    {
        Response.Headers["Refresh"] = "10";
        Mails = string.IsNullOrEmpty(To) ? boxes.All : boxes.Of(To);
    }
}
