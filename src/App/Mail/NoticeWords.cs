using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.Identity.Mail;
using MyKey.Kernel;

namespace MyKey.App.Mail;

/// <summary>What a notice says: what happened and when, nothing that only the citizen should see, and nothing to press (S0-1020b).</summary>
public static class NoticeWords
{
    /// <summary>As the citizen's page names the kind.</summary>
    public static string Of(Notice notice) => notice switch
    {
        Notice.Exchanged => "会社のポイントを交換した",
        Notice.Moved => "留保ポイントが自動で移った",
        Notice.Lapse => "ポイントの期限が近い（30日前と7日前）",
        Notice.Granted => "ポイントが付与された",
        Notice.PayoutReturned => "決済サービスで受け取れなかった",
        Notice.OfferMessage => "申しこんだ施策のお知らせがとどいた",
        Notice.ApplicationRejected => "申しこんだ施策のポイントが付与されない",
        Notice.UsedWithoutPin => "カードをかざすだけ、またはパスワードで払った",
        _ => Subject(notice),
    };

    public static string Subject(Notice notice) => notice switch
    {
        Notice.IdIssued => "マイキーIDを作りました",
        Notice.IdChanged => "マイキーIDが変わりました",
        Notice.CardJoined => "新しいカードがつながりました",
        Notice.JoinAsked => "新しいカードをつなぐ申し込みがありました",
        Notice.Suspended => "マイキーIDが止まりました",
        Notice.Resumed => "マイキーIDがまた使えます",
        Notice.Revoked => "マイキーIDが失効しました",
        Notice.PasswordSet => "パスワードが変わりました",
        Notice.NewDevice => "はじめての機器でログインがありました",
        Notice.MailSet => "お知らせのメールアドレスが決まりました",
        Notice.MailRemoved => "お知らせのメールアドレスを消しました",
        Notice.Exchanged => "ポイントの交換が終わりました",
        Notice.Moved => "留保ポイントが移りました",
        Notice.Lapse => "まもなく期限のポイントがあります",
        Notice.Granted => "ポイントが付与されました",
        Notice.PayoutReturned => "受け取れなかったポイントが戻りました",
        Notice.OfferMessage => "申しこんだ施策のお知らせがあります",
        Notice.ApplicationRejected => "申しこんだ施策のお知らせがあります",
        _ => "お店でポイントが使われました",
    };

    /// <summary>The sentences between the greeting and the foot.</summary>
    public static string Body(NoticeBody notice, RegistryView view)
    {
        var when = Words.Moment(notice.AtMs);
        var points = notice.Facts.TryGetValue("purse", out var purse) ? Points(purse, view) : "ポイント";
        return notice.Notice switch
        {
            Notice.IdIssued => "マイキーIDができました。このアドレスに、お知らせを送ります。\nどのお知らせを受け取るかは、マイページの「設定」で選べます。",
            Notice.IdChanged => $"{when}に、マイキーIDが新しいものに変わりました。\n前のマイキーIDは、もう使えません。\n{NotYou}",
            Notice.CardJoined => $"{when}に、新しいカードがマイキーIDにつながりました。\n前のカードでは、もうログインできません。\n{NotYou}",
            Notice.JoinAsked => $"{when}に、新しいカードをマイキーIDにつなぐ申し込みがありました。\n{Slow(notice)}{NotYou}",
            Notice.Suspended => $"{when}に、マイキーIDが止まりました。\nログインも、お店での利用もできません。ポイントは残っています。\nまた使うときは、自治体の窓口に伝えてください。",
            Notice.Resumed => $"{when}に、マイキーIDがまた使えるようになりました。\n前のパスワードは使えません。カードでログインして、新しいパスワードを決めてください。\n{NotYou}",
            Notice.Revoked => $"{when}に、マイキーIDが失効しました。\nこのメールアドレスの登録も、消しました。",
            Notice.PasswordSet => $"{when}に、パスワードが変わりました。\nほかの機器でのログインは、終わりにしました。\n{NotYou}",
            Notice.NewDevice => $"{when}に、はじめての機器で、パスワードでログインがありました。\n{NotYou}",
            Notice.MailSet => $"{when}に、お知らせを送るメールアドレスが決まりました。\n{NotYou}",
            Notice.MailRemoved => $"{when}に、このメールアドレスの登録を消しました。\nこのあと、お知らせは送りません。\n{NotYou}",
            Notice.Exchanged => $"{when}に、会社のポイントの交換が終わりました。\n受け取ったもの: {points}\n{See}",
            Notice.Moved => $"{when}に、留保ポイントが{points}に移りました。\n行き先を決める期限がすぎたためです。\n{See}",
            Notice.Lapse => $"{Lapsing(notice, view)}\n期限の日の夜12時をすぎると、使えなくなります。\n{See}",
            Notice.PayoutReturned => $"{when}に、決済サービスで受け取れなかった{points}が、未受取に戻りました。\nマイページの「受け取るポイント」で、受け取り先を選び直せます。",
            Notice.OfferMessage => $"{when}に、申しこんだ施策について、自治体からお知らせがとどきました。\nマイページで読めます。",
            Notice.ApplicationRejected => $"{when}に、申しこんだ施策のポイントは付与されないことになりました。\n理由は、マイページの「申しこんだ施策」で見られます。",
            Notice.Granted => $"{when}に、{points}が付与されました。\n{See}",
            _ => $"{when}に、お店で{points}が使われました。\n{See}\n心当たりがないときは、マイページの記録から知らせてください。",
        };
    }

    private const string NotYou = "心当たりがないときは、すぐにマイキーIDを止めてください。\nサイトのどのページからも、下の「カードをなくした」で止められます。";

    private const string See = "くわしくは、マイページの記録で見られます。";

    /// <summary>The slow way needs no counter: whoever does nothing agrees.</summary>
    private static string Slow(NoticeBody notice) => notice.Facts.TryGetValue("from", out var from)
        ? $"{Words.Moment(long.Parse(from, System.Globalization.CultureInfo.InvariantCulture))}をすぎると、窓口に行かなくても、つながるようになります。\n" : "";

    private static string Lapsing(NoticeBody notice, RegistryView view) => string.Join('\n', notice.Facts.OrderBy(f => f.Value, StringComparer.Ordinal)
        .Select(f => $"{Points(f.Key, view)}: {Words.Day(Jst.FromNumber(int.Parse(f.Value, System.Globalization.CultureInfo.InvariantCulture)))}まで"));

    private static string Points(string purse, RegistryView view) => purse == MunicipalityCode.Pool.Value ? view.NameOfPoints(MunicipalityCode.Pool) : view.NameOfPoints(Purse.Read(purse).Value);
}
