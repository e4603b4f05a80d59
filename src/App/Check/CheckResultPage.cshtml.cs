using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Check;

/// <summary>One line of the check. <paramref name="Ok"/> null: could not be looked at, because of a line above.</summary>
/// <param name="Fix">What to do where it is not well.</param>
public sealed record CheckLine(string What, bool? Ok, string Said, string? Fix = null, (string Text, string Href)? Link = null);

/// <summary>
/// What the preparation software has found, a line each, and the way to mend it (S1-12a). The words come by the address, so they choose sentences and nothing else.
/// The browser is judged by what it does, not by its name (K-23).
/// </summary>
public sealed class CheckResultPage(CardOptions options) : PageModel
{
    private static readonly (string, string) Readers = ("対応するカードリーダー", "https://www.jpki.go.jp/prepare/reader_writer.html");

    [BindProperty(SupportsGet = true, Name = "agent")]
    public string? Agent { get; set; }

    [BindProperty(SupportsGet = true, Name = "reader")]
    public string? Reader { get; set; }

    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    public IReadOnlyList<CheckLine> Lines { get; private set; } = [];

    public bool AllWell => Lines.All(l => l.Ok == true);

    /// <summary>The card was there and could not be read: the six hints (S1-31).</summary>
    public bool Unreadable => Card == "card_unreadable";

    public void OnGet()
    {
        Response.Headers.CacheControl = "no-store";
        var there = Version.TryParse(Agent, out _);
        if (there) ShellCookie.Prepared.Set(HttpContext, "1");
        Lines = [Browser(), Software(there), ReaderLine(there), CardLine(there && Reader == "ok")];
    }

    private CheckLine Browser()
    {
        var (cookie, tells) = (ShellCookie.Checking.Read(HttpContext) is not null, Request.Headers["Sec-Fetch-Mode"] == "navigate");
        return new CheckLine("ブラウザー", cookie && tells, (cookie, tells) switch { (true, true) => "使えます", (false, _) => "クッキーを受け取りません", _ => "古くて、カードには使えません" },
            cookie ? "ブラウザーを新しくしてください。Microsoft Edge、Google Chrome、Firefox、Safariのいまの版で使えます。" : "ブラウザーの設定で、このサイトのクッキーを受け取るようにしてください。");
    }

    private CheckLine Software(bool there)
    {
        var missing = there ? options.TooOld(Agent!) : Refusal.Of("prep_software_required");
        var (text, rule, _) = missing?.Sentences() ?? ($"入っています（版{Agent}）", "", "");
        return new CheckLine("準備ソフト（事前セットアップ）", missing is null, text, $"{rule}。", ("準備ソフトを入れる", "/downloads"));
    }

    private CheckLine ReaderLine(bool there) => there
        ? new CheckLine("カードリーダー", Reader == "ok", Reader == "ok" ? "つながっています" : "見つかりません", "カードリーダーをつないでください。", Readers)
        : new CheckLine("カードリーダー", null, "まだ調べられません");

    private CheckLine CardLine(bool reader) => !reader ? new CheckLine("マイナンバーカード", null, "まだ調べられません") : Card switch
    {
        "ok" => new CheckLine("マイナンバーカード", true, "読み取れました"),
        "none" => new CheckLine("マイナンバーカード", false, "置かれていません", "カードをカードリーダーに置いて、もう一度しらべてください。"),
        "cert_missing" or "card_other" or "card_unreadable" => Told(Refusal.Of(Card)),
        _ => new CheckLine("マイナンバーカード", null, "まだ調べられません"),
    };

    private static CheckLine Told(Refusal refusal)
    {
        var (what, rule, next) = refusal.Sentences();
        return new CheckLine("マイナンバーカード", false, what, $"{rule}。{next}。");
    }
}
