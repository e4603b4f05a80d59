using MyKey.App.Offers;

namespace MyKey.App.Applications;

/// <summary>What is said of an application wherever it is shown.</summary>
public static class ApplicationWords
{
    /// <summary>To the citizen.</summary>
    public static string Of(ApplicationState state) => state switch
    {
        ApplicationState.Waiting => "審査を待っています",
        ApplicationState.Granted => "付与されました",
        ApplicationState.Rejected => "付与されません",
        _ => "付与の手続き中です",
    };

    /// <summary>To staff.</summary>
    public static string AtOffice(ApplicationState state) => state switch
    {
        ApplicationState.Waiting => "審査待ち",
        ApplicationState.Approving => "承認待ち",
        ApplicationState.Granted => "付与済み",
        ApplicationState.Rejected => "断った",
        _ => "付与中",
    };

    public static string Css(ApplicationState state) => state switch { ApplicationState.Granted => "ok", ApplicationState.Rejected => "bad", _ => "wait" };

    /// <summary>What comes next, to the citizen.</summary>
    public static string Next(Application application, Offered offered) => application.State switch
    {
        ApplicationState.Waiting or ApplicationState.Approving => "自治体がたしかめて、付与するかどうかを決めます。待っているあいだに、することはありません。",
        ApplicationState.Accepted => "少し待ってから、もう一度見てください。",
        ApplicationState.Rejected => "くわしいことは、問い合わせ先におたずねください。",
        _ when application.Destination is not null => "選んだ受け取り先に、ひとりでに送ります。受け取れたかどうかは、「受け取るポイント」で見られます。",
        _ when offered.Offer.IsClaimed => $"{Shared.Components.Words.Day(application.Decision?.ExpiresOn ?? offered.Offer.Days.ApplyUntil)}までに受け取れます。すぎると、受け取れなくなります。",
        _ => $"{offered.Town.PointName}に入りました。",
    };
}
