using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel.Cards;

namespace MyKey.App.MyPage;

/// <summary>Another MyKey ID (S0-5015). It can be changed again, so nothing is confirmed.</summary>
[EnableRateLimiting(RateLimits.Attempts)]
public sealed class IdPageModel(ChangeMyKeyId change, CardReturn card, CardOptions cards) : CitizenPage
{
    private const string Here = "/my/id";

    [BindProperty, Display(Name = "新しいマイキーID")]
    public string? MyKeyId { get; set; }

    /// <summary>The ID that the form was made for.</summary>
    [BindProperty]
    public string? Instead { get; set; }

    /// <summary>It was just changed.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public bool Chooses { get; private set; }

    /// <summary>The session was opened with card and PIN.</summary>
    public bool ByCard => Session.RequireCard().Ok;

    public string? StepUp => cards.On ? CardEndpoints.AskPath(Purpose.StepUp, Here) : null;

    public async Task OnGet()
    {
        Chooses = await card.IssueMode() == IssueMode.Choose;
        if (Chooses) MyKeyId = Identity.Citizens.MyKeyId.Generate().Value;
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var mode = await card.IssueMode();
        Chooses = mode == IssueMode.Choose;
        var changed = await change.Change(Session, mode, new NewMyKeyId(Chooses ? MyKeyId : null, Instead), stop);
        return changed.Refused switch
        {
            null => this.SeeOther($"{Here}?saved=1"),
            { Code: "id_taken" or "id_format" } wrong => this.Refuse(nameof(MyKeyId), wrong),
            { } no => await this.Refuse(no, new NextStep("設定に戻る", "/my/settings")),
        };
    }
}
