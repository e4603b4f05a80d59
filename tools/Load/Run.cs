using System.Globalization;
using System.Text.Json;

namespace MyKey.Load;

/// <summary>One run from an empty database to the audit.</summary>
internal static class Run
{
    private static readonly JsonSerializerOptions Shape = new(JsonSerializerDefaults.Web);

    /// <returns>0, or 1 when the audit found something.</returns>
    public static async Task<int> Start(LoadOptions options, CancellationToken stop)
    {
        var say = options.Json ? Console.Error : Console.Out;
        if (options.Work is { } work) return await Works.Work.Start(work, options, stop);
        if (options.Baseline)
        {
            var found = await Baseline.Run(options, say, stop);
            if (options.Json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(found.Json(), Shape));
            return found.Audited ? 0 : 1;
        }
        await using var server = options.Sqlite ? null : await PostgresServer.Get(options, stop);
        await using var site = await Site.Open(options, server, say, stop);
        var turn = options.Http ? await OverHttp(site, options, stop) : await InProcess(site, options, stop);
        await say.WriteLineAsync(turn.ToString());
        var holds = await site.Audit(say, stop);
        if (options.Json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(turn.Json(), Shape));
        return holds ? 0 : 1;
    }

    private static async Task<Turn> InProcess(Site site, LoadOptions options, CancellationToken stop)
    {
        await site.Drive(options.Seconds / 4.0, stop);
        return await site.Turn(options.Seconds, stop);
    }

    private static async Task<Turn> OverHttp(Site site, LoadOptions options, CancellationToken stop)
    {
        await using var http = await Http.HttpSite.Open(site, options, stop);
        await http.Warm(options.Seconds / 2.0, stop);
        return await http.Turn(options.Seconds, stop);
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
