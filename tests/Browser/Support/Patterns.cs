using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection;

namespace MyKey.Browser.Support;

/// <summary>The App with the pages of tests/Browser/Patterns: the shared parts in states that no page of the App shows on demand.</summary>
public static class PatternPages
{
    public static void Add(WebApplicationBuilder builder) =>
        builder.Services.AddRazorPages().PartManager.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(PatternPages).Assembly));
}
