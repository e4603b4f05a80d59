using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Shared.Web;

/// <summary>Clock, database, logs: what every module stands on.</summary>
public static class KernelServices
{
    private const string PostgresPrefix = "postgres:";

    public static void AddKernel(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => Open(services.GetRequiredService<Site>().Database));
        builder.Services.AddSingleton(Buckets.Default);
        builder.Services.AddSingleton<OperationLog>();
        builder.AddKeysInDatabase();
    }

    private static Database Open(string place) => place.StartsWith(PostgresPrefix, StringComparison.Ordinal)
        ? Database.Postgres(place[PostgresPrefix.Length..].Trim())
        : Database.Sqlite(place);
}
