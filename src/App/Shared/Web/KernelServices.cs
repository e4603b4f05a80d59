using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Outbox;
using MyKey.Kernel.RefusalLog;
using MyKey.Kernel.Retention;
using MyKey.Kernel.Settings;

namespace MyKey.App.Shared.Web;

/// <summary>Clock, database, logs: what every module stands on.</summary>
public static class KernelServices
{
    private const string PostgresPrefix = "postgres:";

    public static void AddKernel(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => Open(services.GetRequiredService<Site>().Database, Database.AppRole)).AddSingleton<Demonstration>();
        builder.Services.AddSingleton(Buckets.Default);
        builder.Services.AddOperationLog().AddOutbox().AddSettings().AddJobs();
        builder.Services.AddSingleton(RetainedRefusals.Kind).AddSingleton<Purge>().AddSingleton<IJob>(services => services.GetRequiredService<Purge>());
        builder.Services.AddSingleton(services => new RefusalWriter(services.GetRequiredService<Database>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<RefusalWriter>>(), services.GetRequiredService<Site>().Limits.RefusalLinesPerMinute));
        builder.Services.AddHostedService(services => services.GetRequiredService<RefusalWriter>());
        builder.AddKeysInDatabase();
    }

    /// <summary>The database as the owner of its tables sees it, who migrates it; dispose it soon.</summary>
    public static Database OpenToMigrate(Site site) => Open(site.Migrator ?? site.Database, role: null);

    private static Database Open(string place, string? role) => place.StartsWith(PostgresPrefix, StringComparison.Ordinal)
        ? Database.Postgres(place[PostgresPrefix.Length..].Trim(), role)
        : Database.Sqlite(place);
}
