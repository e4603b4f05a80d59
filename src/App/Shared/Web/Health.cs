using Dapper;
using MyKey.Kernel.Db;

namespace MyKey.App.Shared.Web;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: the database answers, too.</summary>
public static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => "ok\n").ExcludeFromDescription();
        app.MapGet("/readyz", Ready).ExcludeFromDescription();
    }

    private static async Task<IResult> Ready(Database database, ILogger<Database> log, CancellationToken stop)
    {
        try
        {
            await Ask(database, stop).WaitAsync(Patience, stop);
            return Results.Text("ready\n");
        }
        catch (Exception error) when (error is System.Data.Common.DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            log.LogWarning(error, "The database does not answer");
            return Results.Text("the database does not answer\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task Ask(Database database, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        await connection.ExecuteScalarAsync<int>(new CommandDefinition("select 1", cancellationToken: stop));
    }
}
