using MyKey.App.Passbooks;

namespace MyKey.App.MyPage;

/// <summary>A citizen's own pages and API: what there is, what happened, what can be set.</summary>
public static class MyPageModule
{
    public static void AddMyPage(this WebApplicationBuilder builder) => builder.Services.AddSingleton<Passbook>().AddSingleton<FirstSetUp>().AddSingleton<OnlineUse>()
        .AddSingleton<LinksOf>().AddSingleton<FindLost>().AddSingleton<RevokeByCard>().AddSingleton(RevokeByCard.Action);

    public static void MapMyPage(this WebApplication app)
    {
        app.MapMySettings();
        app.MapMyReading();
        app.MapRevocation();
        app.MapMyJoins();
    }
}
