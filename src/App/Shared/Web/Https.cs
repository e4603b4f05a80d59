namespace MyKey.App.Shared.Web;

/// <summary>Traffic is encrypted (S0-1021): plain HTTP from another machine is sent to HTTPS, and browsers remember it.</summary>
public static class Https
{
    public static void AddHttpsRules(this WebApplicationBuilder builder, Site site)
    {
        builder.Services.AddHttpsRedirection(https => (https.HttpsPort, https.RedirectStatusCode) = (site.HttpsPort, StatusCodes.Status308PermanentRedirect));
        builder.Services.AddHsts(hsts =>
        {
            (hsts.MaxAge, hsts.IncludeSubDomains) = (TimeSpan.FromDays(365), true);
            // A browser that learned HTTPS for the name used in development would refuse the plain address afterwards.
            if (site.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)) hsts.ExcludedHosts.Add(site.Host);
        });
    }

    public static void UseHttpsRules(this WebApplication app)
    {
        app.UseHsts();
        app.UseWhen(context => !context.FromHere() && context.Request.Path != "/healthz" && context.Request.Path != "/readyz", outside => outside.UseHttpsRedirection());
    }
}
