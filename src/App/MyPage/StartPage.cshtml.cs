using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;

namespace MyKey.App.MyPage;

/// <summary>
/// The first set-up after the first login by card (S0-1002a): all on one page, so that whoever leaves midway has made nothing. One card has
/// one ID, so a double click, a reload or a second tab makes none more (S0-1002b).
/// </summary>
public sealed class StartPageModel(OpenSessions sessions, FirstSetUp setUp, CardReturn card, RegistryCache registry, Frame frame, Caller caller, MailOptions mail) : PageModel
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "基本の自治体")]
    public string? Town { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    [BindProperty, Display(Name = "メールアドレス")]
    public string? Mail { get; set; }

    /// <summary>Mails can be sent, from this domain.</summary>
    public string? Sender => mail.On ? mail.Domain : null;

    public bool Chooses { get; private set; }

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    /// <summary>At a support desk there is no password to choose: it would be typed before others.</summary>
    public bool Sitting { get; private set; }

    private string? Token => ShellCookie.Citizen.Read(HttpContext);

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await NotHere(stop) is { } elsewhere) return elsewhere;
        MyKeyId = Chooses ? Identity.Citizens.MyKeyId.Generate().Value : null;
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await NotHere(stop) is { } elsewhere) return elsewhere;
        var order = new SetUpOrder(Chooses ? MyKeyId : null, Town, Sitting ? null : Password, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), ShellCookie.Device.Read(HttpContext)) { Mail = mail.On && !Sitting ? Mail : null };
        foreach (var (field, no) in setUp.Check(order, await registry.View())) this.Note(field, no);
        if (!ModelState.IsValid) return this.Again();
        var done = await setUp.Run(Token, await card.IssueMode(), order, stop);
        if (done.Refused is { Code: "id_taken" or "id_format" } taken) return this.Refuse(nameof(MyKeyId), taken);
        if (done.Refused is { Code: "password_weak" or "too_large" } weak) return this.Refuse(nameof(Password), weak);
        return done.Refused is { } no2 ? await this.Refuse(no2, new NextStep("マイページへ", CitizenShell.Home)) : Sitting ? this.SeeOther($"{SupportDesks.SittingPath}?made=1") : this.SeeOther(string.IsNullOrEmpty(order.Mail) ? $"{CitizenShell.Home}?id=show" : MyMailPage.Here);
    }

    /// <summary>This page is for a card that has no ID yet; everybody else is led to where he belongs.</summary>
    private async Task<IActionResult?> NotHere(CancellationToken stop)
    {
        var session = await sessions.Find(Token, SessionKind.Citizen, stop);
        if (session.Refused is not null) return this.SeeOther(CitizenShell.LoginFor(Request.Path, expired: false));
        if (session.Value.Citizen is not null) return this.SeeOther(CitizenShell.Home);
        (frame.LogoutPath, frame.Sitting, caller.Desk, Sitting) = (CitizenShell.LogoutPath, session.Value.IsSitting, session.Value.Terminal, session.Value.IsSitting);
        SupportDesks.Guard(HttpContext, session.Value);
        Chooses = await card.IssueMode() == IssueMode.Choose;
        Choices = Towns.Choices(await registry.View());
        return null;
    }
}
