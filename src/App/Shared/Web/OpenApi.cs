using Microsoft.OpenApi;

namespace MyKey.App.Shared.Web;

/// <summary>The description of <c>/api/v1</c>, at <c>/api/v1/openapi.json</c>. Frozen by tests/Tests/Golden/openapi.json.</summary>
public static class OpenApi
{
    private const string Version = "v1";

    public static void AddApiDescription(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(Version, api =>
    {
        api.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) ?? false;
        api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "MyKey", Version = Version,
                Description = "Everything a screen can do. Refusals are RFC 9457 problem details with a stable `code`; see /errors.",
            };
            // The host is whoever asked: not part of the description.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
    });

    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi($"/api/{Version}/openapi.json");
}
