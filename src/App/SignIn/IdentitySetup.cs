using MyKey.App.Shared.Web;
using MyKey.Identity;

namespace MyKey.App.SignIn;

/// <summary>Identity with the files that whoever runs the App names.</summary>
public static class IdentitySetup
{
    public static void AddIdentity(this WebApplicationBuilder builder) =>
        builder.Services.AddIdentity(new IdentityOptions { KekFile = Site.From(builder.Configuration).KekFile });
}
