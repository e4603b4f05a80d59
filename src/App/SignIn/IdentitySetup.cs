using MyKey.App.Shared.Web;
using MyKey.Identity;

namespace MyKey.App.SignIn;

/// <summary>Identity with the files that whoever runs the App names.</summary>
public static class IdentitySetup
{
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var site = Site.From(builder.Configuration);
        builder.Services.AddIdentity(new IdentityOptions { KekFile = site.KekFile, SiteHost = site.Host });
    }
}
