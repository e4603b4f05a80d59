using System.Text.Json;
using System.Text.Json.Nodes;
using MyKey.Tests.Support;

namespace MyKey.Tests.Golden;

/// <summary>Goal: the API changes only when somebody says so.</summary>
public class OpenApiTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_description_of_the_api_is_the_frozen_one()
    {
        await using var app = await TestApp.Start();
        using var client = app.Client(app.Loopback);
        var described = JsonNode.Parse(await client.GetStringAsync("/api/v1/openapi.json"))!;

        Support.Golden.Holds("tests/Tests/Golden/openapi.json", described.ToJsonString(Readable) + "\n");
    }
}
