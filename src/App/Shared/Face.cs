using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.HttpOverrides;
using MyKey.App.Shared.Web;

namespace MyKey.App.Shared;

/// <summary>Pages and what stands around them.</summary>
public static class Face
{
    public static void AddFace(this WebApplicationBuilder builder)
    {
        // Pages lie beside their slice, so the whole project is searched; their routes are written out.
        builder.Services.AddRazorPages(pages => pages.RootDirectory = "/");
        builder.Services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        builder.Services.AddAntiforgery(form =>
        {
            form.Cookie.Name = "mykey_form";
            form.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // Strict is not sent on the way back from the card agent; a new token would then break the forms of other tabs.
            form.Cookie.SameSite = SameSiteMode.Lax;
        });
        builder.Services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
    }

    /// <summary>The way of a request from outside to routing.</summary>
    public static void UseFace(this WebApplication app)
    {
        var site = app.Services.GetRequiredService<Site>();
        if (site.BehindProxy) app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HostRule>();
        app.UseStaticFiles();
        app.UseRouting();
    }

    public static void MapFace(this WebApplication app) => app.MapRazorPages();
}
