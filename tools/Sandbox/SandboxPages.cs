using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Mvc.ApplicationParts;

namespace MyKey.Sandbox;

/// <summary>The pages of the parties; each answers to the host name of its party only.</summary>
public static class SandboxPages
{
    public static void AddSandboxPages(this IServiceCollection services)
    {
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        // Its own pages only: the agent's come with its assembly and belong to the agent.
        services.AddRazorPages(o => o.RootDirectory = "/").ConfigureApplicationPartManager(parts =>
        {
            parts.ApplicationParts.Clear();
            parts.ApplicationParts.Add(new AssemblyPart(typeof(SandboxPages).Assembly));
            parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(SandboxPages).Assembly));
        });
    }

    public static void MapSandboxPages(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapGet("/sandbox.css", () => Results.Stream(typeof(SandboxPages).Assembly.GetManifestResourceStream("sandbox.css")!, "text/css; charset=utf-8"));
    }
}
