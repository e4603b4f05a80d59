using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MyKey.Load.Http;

/// <summary>The App with one call more, which does nothing: what a request costs at least, on the same host, through the same middleware.</summary>
internal static class EmptyHost
{
    public const string Command = "host", Path = "/api/v1/load/empty";

    public static async Task<int> Serve()
    {
        await using var app = await App.Startup.Build([], builder => builder.Logging.ClearProviders());
        app.MapPost(Path, () => TypedResults.Json(new { }));
        await app.RunAsync();
        return 0;
    }
}
