using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.StaticFiles;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;

namespace MyKey.App.Shared;

/// <summary>Pages, API and what stands around them.</summary>
public static class Face
{
    public static void AddFace(this WebApplicationBuilder builder)
    {
        var site = Site.From(builder.Configuration);
        builder.Environment.WebRootFileProvider = new PublishedFiles(builder.Environment.WebRootFileProvider);
        // Pages lie beside their slice, so the whole project is searched; their routes are written out.
        builder.Services.AddRazorPages(pages => pages.RootDirectory = "/");
        builder.Services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        builder.Services.AddScoped<Frame>();
        builder.Services.AddScoped<Caller>();
        builder.Services.AddExceptionHandler<Faults>();
        builder.Services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
        builder.AddForms();
        builder.AddHttpsRules(site);
        builder.AddRateLimits(site.Limits);
        builder.AddPublicPages(site);
        builder.AddApiDescription();
    }

    /// <summary>The way of a request from outside to its endpoint. Sign-in comes after it, so that it can refuse.</summary>
    public static void UseFace(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Site>().BehindProxy) app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        app.UseHttpsRules();
        app.UseErrorAnswers();
        app.UseMiddleware<HostRule>();
        app.UseFiles();
        app.UseRouting();
        app.UseTelemetryOfRoutes();
        app.UseMiddleware<OriginRule>();
        app.UseMiddleware<BodyRule>();
        app.UsePublicPages();
        app.UseRateLimits();
    }

    public static void MapFace(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapTextSize();
        app.MapApiDescription();
    }

    /// <summary>Machines get problem details, people a page, for every status and every exception.</summary>
    private static void UseErrorAnswers(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.IsForMachines(), machines => machines.UseStatusCodePages(status => Statuses.Answer(status.HttpContext)));
        app.UseWhen(context => !context.Request.Path.IsForMachines(), people => people.UseStatusCodePagesWithReExecute("/error/{0}"));
        app.UseExceptionHandler(_ => { });
    }

    private static void UseFiles(this WebApplication app)
    {
        var types = new FileExtensionContentTypeProvider { Mappings = { [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8" } };
        app.UseStaticFiles(new StaticFileOptions
        {
            ContentTypeProvider = types,
            // An address with the hash of its content never changes.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
        });
    }
}
