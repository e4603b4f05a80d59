using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App;

/// <summary>The ledger as a service: opened once per process, its queue emptied before the process ends.</summary>
public static class LedgerModule
{
    public static void AddLedger(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(s => Ledger.Ledger.Open(s.GetRequiredService<Database>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<Buckets>()).GetAwaiter().GetResult());
        services.AddSingleton<LedgerReading>().AddSingleton<ReservedReading>().AddSingleton<EventReading>().AddSingleton<VoucherReading>().AddSingleton<ChargeReading>();
        services.AddSingleton<Limits>().AddSingleton<Expire>().AddSingleton<VoidPoints>().AddSingleton<Audit>();
        services.AddSingleton(s => new WithRevocation((tx, citizen) => s.GetRequiredService<VoidPoints>().Begin(tx, citizen)));
        services.AddSingleton<IJob, ExpireLots>().AddSingleton<IJob, VoidLots>().AddSingleton<IJob, CloseLeases>();
    }
}

/// <summary>Lots whose date has passed lapse (S0-4033a). Payments don't wait for it.</summary>
public sealed class ExpireLots(Expire expire) : IJob
{
    public string Name => "ledger-expire-lots";

    public TimeSpan Every => TimeSpan.FromMinutes(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var lapsed = await expire.Run(stop);
        return new JobResult($"lapsed {lapsed}", lapsed >= Expire.LotsPerRun);
    }
}

/// <summary>What people held who gave up their MyKeyId becomes void (S0-5017).</summary>
public sealed class VoidLots(VoidPoints voids) : IJob
{
    public string Name => "ledger-void-lots";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var voided = await voids.Run(stop);
        return new JobResult($"voided {voided}", voided >= VoidPoints.LotsPerRun);
    }
}

/// <summary>Leases of limits that a crash left open are settled.</summary>
public sealed class CloseLeases(Limits limits) : IJob
{
    public string Name => "ledger-close-leases";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop) => new($"closed {await limits.CloseLeases(stop)}", false);
}
