using MyKey.App.Navi.Council;
using MyKey.App.Navi.Manuals;
using MyKey.App.Navi.Portal;
using MyKey.App.Navi.Towns;
using MyKey.App.Places;

namespace MyKey.App.Navi;

/// <summary>What everybody sees before any login (group P).</summary>
public static class NaviModule
{
    public static void AddNavi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(Doors.Today).AddScoped<Visitor>();
        builder.AddMunicipalPoints();
        builder.AddPortal();
        builder.AddCouncil();
        builder.AddPlaces();
    }

    public static void MapNavi(this WebApplication app)
    {
        app.MapMunicipalPoints();
        app.MapPortal();
        app.MapManuals();
        app.MapCouncil();
        app.MapPlaces();
    }
}
