using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;

namespace MyKey.App.UseNotices;

/// <summary>What was paid without PIN or number. One button says that it was looked at; what is strange leads on to the line with its number.</summary>
public sealed class UseNoticesPage(UseNotices notices) : CitizenPage
{
    [BindProperty]
    public long UntilMs { get; set; }

    public IReadOnlyList<UseNotice> Notices { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        Notices = await notices.Unseen(Citizen.Id, stop);
        UntilMs = Notices.Count > 0 ? Notices[0].Line.TimeMs : 0;
    }

    public async Task<IActionResult> OnPost(CancellationToken stop) =>
        (await notices.See(Citizen.Id, UntilMs, stop)).Refused is { } no ? await this.Refuse(no) : this.SeeOther("/my");

    public static string Say(Way way) => way == Way.Tap ? "カードをかざしただけ" : "マイキーIDとパスワード";

    /// <summary>Where the line stands with its number; points of an event have a history of their own.</summary>
    public static string PathOf(UseNotice notice) => notice.Line.Event is { } supported
        ? $"/my/events/{supported.Value}/{notice.Line.Receipt}" : $"/my/history/{notice.Line.Issuer.Value}/{notice.Line.Receipt}";
}
