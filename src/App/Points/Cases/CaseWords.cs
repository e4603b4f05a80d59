using MyKey.App.Registry;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Cases;

/// <summary>What can be done about a kind of line, outside the case itself.</summary>
/// <param name="Path">Where; null where there is no page for it.</param>
/// <param name="Needs">Of an office: who may go there.</param>
public sealed record CaseRemedy(string Say, string? Path = null, string? Button = null, Role Needs = Role.Officer);

/// <summary>Cases in plain words.</summary>
public static class CaseWords
{
    public const string Platform = "マイキーの運用";

    /// <summary>As its citizen reads it.</summary>
    public static string State(CaseState state) => state switch { CaseState.Open => "返事を待っています", CaseState.Answered => "返事があります", _ => "終わりました" };

    /// <summary>As a desk reads it.</summary>
    public static string AtDesk(Case one, MunicipalityCode? desk) =>
        one.State == CaseState.Closed ? "終わりました" : one.Desk != desk ? "運用に渡しました" : one.State == CaseState.Open ? "返事がまだです" : "返事をしました";

    /// <summary>What it is about, in a list.</summary>
    public static string What(Case one) => one.Line?.What ?? $"質問（{Topic(one.Topic!.Value)}）";

    public static string Topic(QuestionTopic topic) => topic switch
    {
        QuestionTopic.Misuse => "ほかの人に知られた、使われたかもしれない",
        QuestionTopic.Points => "ポイントのこと",
        QuestionTopic.Shops => "使えるお店のこと",
        QuestionTopic.Login => "カードとログインのこと",
        QuestionTopic.Id => "マイキーIDのこと",
        QuestionTopic.Site => "このサイトの使い方",
        _ => "そのほか",
    };

    public static string Mark(CaseState state) => state switch { CaseState.Open => "wait", CaseState.Answered => "ok", _ => "" };

    public static string Desk(MunicipalityCode? desk, RegistryView registry) => desk is { } code ? $"{registry.Find(code)?.FullName ?? code.Value}の役所" : Platform;

    public static string Way(CaseWay way) => way switch { CaseWay.In => "ふえた", CaseWay.Out => "へった", _ => "券などの中から" };

    /// <summary>The ways that there are to give something back: a case itself moves no points.</summary>
    /// <param name="office">Whether an office asks; else the operators do.</param>
    public static CaseRemedy Remedy(CaseFacts one, bool office) => one.Kind switch
    {
        TransferKind.Use or TransferKind.TicketUse => new("お店の打ちまちがいは、そのお店が、受付番号で取り消せます。", office && one.Acceptor is { } shop ? $"/office/shops/{shop.Value}" : null, "お店を見る", Role.TerminalAdmin),
        TransferKind.Grant => new("まちがえた付与は、使われていない分を取り戻せます。", office ? "/office/recalls" : null, "付与の取り戻しへ"),
        TransferKind.TicketIssue or TransferKind.TicketReturn => new("使われていない券は、取り消せます。", office ? "/office/tickets" : "/operator/tickets", "ポイント券へ"),
        TransferKind.Voucher => new("渡した券が全部戻れば、交換を取り消せます。", office ? "/office/vouchers/handed" : $"/operator/vouchers?Number={one.Receipt}", "渡した記録へ"),
        TransferKind.Pledge or TransferKind.Capture or TransferKind.Release or TransferKind.Refund =>
            office ? new("サイトに返金を頼むか、運用に渡してください。運用は、取り置きを戻し、返金できます。") : new("取り置きを戻したり、返金したりできます。", "/operator/online-sites", "サイトの一覧へ"),
        TransferKind.Charge => office ? new("カードへのチャージは、運用がたしかめます。運用に渡してください。") : new("とちゅうのチャージは、終わりにできます。", "/operator/street-cards", "カードの会社へ"),
        TransferKind.Exchange => office ? new("会社の答えは、運用がたしかめます。わからないときは、運用に渡してください。") : new("会社の答えをたしかめられます。", "/operator/link-orders", "とちゅうの交換へ"),
        _ => new("この記録は、あとから取り消せません。"),
    };
}
