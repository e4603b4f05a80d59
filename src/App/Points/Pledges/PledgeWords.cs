using MyKey.App.Shared.Components;

namespace MyKey.App.Pledges;

/// <summary>Pledges as screens speak of them.</summary>
public static class PledgeWords
{
    public static string Of(Pledge pledge) => pledge.State switch
    {
        PledgeState.Held => "取り置き中",
        PledgeState.Released => pledge.Reason switch
        {
            "expired" => "期限がすぎて、戻りました",
            "staff" => "運用者が戻しました",
            _ => "サイトが戻しました",
        },
        _ when pledge.Refunded == pledge.Captured => "全部返金されました",
        _ when pledge.Refunded > 0 => $"使いました（{Words.Digits(pledge.Refunded)}ポイントは返金されました）",
        _ => "使いました",
    };
}
