using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Audits;

namespace MyKey.App.Audits;

/// <summary>What the audits of the last nights came to.</summary>
public sealed class AuditsPage(ShowAudits show) : StaffPage
{
    public const string Here = "/operator/audits";

    public IReadOnlyList<AuditRun> Runs { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => Runs = (await show.Run(Work, stop)).Value;

    public static int Found(AuditRun run) => run.Broken.Sum(p => p.Broken.Count);

    public static long Rows(AuditRun run) => run.Parts.Sum(p => p.Rows);

    public static string Say(AuditPart part) => part.Name.Split(':')[0] switch
    {
        "points" => "ポイントの記録",
        AuditParts.Operations => "操作の記録",
        AuditParts.Rights => "職員の役わり、かぎ、端末、ログイン",
        AuditParts.Limits => "予算と上限",
        "tokens" => "お店での利用",
        "vouchers" => "商品券",
        "charges" => "カードへのチャージ",
        "pledges" => "ネットの取り置き",
        "recalls" => "付与の取り戻し",
        var other => other,
    };
}
