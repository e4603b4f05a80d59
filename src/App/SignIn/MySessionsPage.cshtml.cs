using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Sessions;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>What the list of one's own sessions shows, for citizens and for staff.</summary>
/// <param name="Here">Address of the page.</param>
/// <param name="Done"><c>one</c>, <c>others</c>, or null.</param>
public sealed record SessionList(string Here, IReadOnlyList<OpenSession> Sessions, string? Done)
{
    public bool Others => Sessions.Any(s => !s.This);

    public static string Way(OpenSession session) => session.Kind switch
    {
        SessionKind.Office => $"自治体の業務（{Staff(session)}）",
        SessionKind.Operator => $"運用の業務（{Staff(session)}）",
        _ => session.Assurance == Assurance.A3 ? "マイナンバーカード" : "マイキーIDとパスワード",
    };

    private static string Staff(OpenSession session) => session.ByPasskey ? "パスキー" : "パスワードとアプリの番号";

    /// <summary>Ends what a press of a button says.</summary>
    internal static async Task<IActionResult> End(PageModel page, OwnSessions sessions, (Session Session, string? Key, string Here) press)
    {
        var stop = page.HttpContext.RequestAborted;
        if (press.Key is null)
        {
            await sessions.EndOthers(press.Session, stop);
            return page.SeeOther($"{press.Here}?done=others");
        }
        var ended = await sessions.End(press.Session, press.Key, stop);
        return ended.Refused is { } no ? await page.Refuse(no, new NextStep("ログインの一覧に戻る", press.Here)) : page.SeeOther($"{press.Here}?done=one");
    }
}

/// <summary>Where a citizen is logged in.</summary>
public sealed class MySessionsPage(OwnSessions sessions) : CitizenPage
{
    public const string Here = "/my/sessions";

    [BindProperty]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public SessionList List { get; private set; } = new(Here, [], null);

    public async Task OnGet(CancellationToken stop) => List = new SessionList(Here, await sessions.Of(Session, stop), Done);

    public Task<IActionResult> OnPostOne() => SessionList.End(this, sessions, (Session, Key ?? "", Here));

    public Task<IActionResult> OnPostOthers() => SessionList.End(this, sessions, (Session, null, Here));
}

/// <summary>Where a member of staff is logged in.</summary>
public sealed class StaffSessionsPage(OwnSessions sessions) : StaffPage
{
    [BindProperty]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public SessionList List { get; private set; } = new("", [], null);

    private string Here => $"{StaffDoor.Of(Request.Path).Home}/sessions";

    public async Task OnGet(CancellationToken stop) => List = new SessionList(Here, await sessions.Of(Work.Session, stop), Done);

    public Task<IActionResult> OnPostOne() => SessionList.End(this, sessions, (Work.Session, Key ?? "", Here));

    public Task<IActionResult> OnPostOthers() => SessionList.End(this, sessions, (Work.Session, null, Here));
}
