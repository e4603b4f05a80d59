using MyKey.App.Navi.Manuals;
using MyKey.App.Navi.Portal;
using MyKey.App.Navi.Towns;

namespace MyKey.App.Navi;

/// <summary>The portal: what everybody sees (group P).</summary>
public static class NaviModule
{
    public static void AddNavi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(Doors.Today).AddScoped<Visitor>();
        builder.AddMunicipalPoints();
        builder.AddPortal();
    }

    public static void MapNavi(this WebApplication app)
    {
        app.MapMunicipalPoints();
        app.MapPortal();
        app.MapManuals();
    }
}
