using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Components;
using MyKey.Kernel;
using QRCoder;

namespace MyKey.App.Activities;

/// <summary>What is said of activities and reports wherever they are shown.</summary>
public static class ActivityWords
{
    private const int PixelsPerModule = 4;

    public static IReadOnlyList<SelectListItem> Registrations { get; } = [new("いらない（参加を報告したときに登録される）", "with_report"), new("先に登録した人だけ", "before")];

    public static string Of(RegistrationRule rule) => rule == RegistrationRule.Before ? "先に登録してください" : "登録しなくても参加できます";

    public static string Places(ActivityShown shown) => shown.Activity.Terms.Places is not { } most ? "決まっていません"
        : shown.Registered >= most ? $"{Words.Digits(most)}人（いっぱいです）" : $"{Words.Digits(most)}人（あと{Words.Digits(most - shown.Registered)}人）";

    /// <summary>To the citizen.</summary>
    public static string Of(ReportState state) => state switch
    {
        ReportState.Granted => "付与されました",
        ReportState.Struck => "付与されません",
        ReportState.Waiting or ReportState.Approving => "自治体がたしかめています",
        _ => "付与の手続き中です",
    };

    /// <summary>To staff.</summary>
    public static string AtOffice(ReportState state) => state switch
    {
        ReportState.Waiting => "確認待ち",
        ReportState.Approving => "承認待ち",
        ReportState.Granted => "付与済み",
        ReportState.Struck => "外した",
        _ => "付与中",
    };

    public static string Css(ReportState state) => state switch { ReportState.Granted => "ok", ReportState.Struck => "bad", _ => "wait" };

    public static string Of(ReportWay way) => way switch { ReportWay.Code => "会場のコード", ReportWay.Slip => "紙の参加票", ReportWay.Ticket => "登録票の読み取り", _ => "名簿" };

    /// <summary>What comes next, to the citizen.</summary>
    public static string Next(Report report) => report switch
    {
        { State: ReportState.Granted } => "ポイントが付与されました。",
        { State: ReportState.Struck } => "くわしいことは、自治体の窓口におたずねください。",
        { Why: { } why } => $"参加は記録しました。いまは付与できません（{Refusal.Of(why).Sentences().What}）。自治体がたしかめて、付与できるようになったら付与します。",
        { State: ReportState.Waiting or ReportState.Approving } => "参加は記録しました。自治体がたしかめてから付与します。待っているあいだに、することはありません。",
        _ => "少し待ってから、もう一度見てください。",
    };

    public static string Of(ActivityAlarm alarm) => alarm.Kind switch
    {
        "step" => $"同じ30秒のコードで、{alarm.Times}人が報告しました",
        "slip" => $"使い終わった参加票（{alarm.About}番）を、ほかの人が{alarm.Times}回使おうとしました",
        "same_time" => $"同じ時間のほかのイベントにも、参加を報告した人がいます（報告番号 {alarm.About}）",
        _ => $"使えないコードが、1時間に{alarm.Times}回読み取られました",
    };

    /// <summary>A QR code that says this.</summary>
    public static HtmlString Qr(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        return new HtmlString(svg.GetGraphic(PixelsPerModule, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
    }
}
