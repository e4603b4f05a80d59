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
        if (options.Baseline)
        {
            var found = await Baseline.Run(options, say, stop);
            if (options.Json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(found.Json(), Shape));
            return found.Audited ? 0 : 1;
        }
        await using var server = options.Sqlite ? null : await PostgresServer.Get(options, stop);
        await using var site = await Site.Open(options, server, say, stop);
        await site.Drive(options.Seconds / 4.0, stop);
        var turn = await site.Turn(options.Seconds, stop);
        await say.WriteLineAsync(turn.ToString());
        await say.WriteLineAsync(turn.Phases.ToString());
        var holds = await site.Audit(say, stop);
        if (options.Json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(turn.Json(), Shape));
        return holds ? 0 : 1;
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
