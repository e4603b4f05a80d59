using System.Globalization;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// The source's page S2-P15, entered by an operator: 33 bodies with 41 capabilities (library 9, online shop 21, shops 11), and the chair of the council. The page's columns are lost: only its sums, the kinds of
/// remark and the bodies that other pages name are certain, so the file says of each line which page names it, or that it was <c>chosen</c> among the members to make up the sums. Of the posts the chair alone is named.
/// </summary>
public static class DemoCouncil
{
    private const string Tokushima = "360007";

    /// <summary>The lines of the file: code, name, capability, state, day, remark, source.</summary>
    public static IReadOnlyList<string[]> Lines()
    {
        using var reader = new StreamReader(typeof(DemoCouncil).Assembly.GetManifestResourceStream("MyKey.Sandbox.Demo.demo-capabilities.csv") ?? throw new FileNotFoundException("demo-capabilities.csv"));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(';'))];
    }

    public static async Task Furnish(DemoClient platform, CancellationToken stop)
    {
        foreach (var line in Lines())
            await platform.Send(HttpMethod.Put, $"/api/v1/operator/municipalities/{line[0]}/capabilities/{line[2]}", new
            {
                state = line[3], day = line[4].Length == 0 ? (DateOnly?)null : DateOnly.ParseExact(line[4], "yyyy-MM-dd", CultureInfo.InvariantCulture), said = line[5],
            }, stop);
        await platform.Send(HttpMethod.Put, $"/api/v1/operator/council/posts/{Guid.CreateVersion7()}", new { municipality = Tokushima, post = "chair", from = new DateOnly(2017, 8, 30) }, stop);
    }
}
