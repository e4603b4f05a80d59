namespace MyKey.App.Navi;

/// <summary>The portal: what everybody sees.</summary>
public static class NaviModule
{
    public static void AddNavi(this WebApplicationBuilder builder) => builder.Services.AddSingleton(Doors.Today);
}
