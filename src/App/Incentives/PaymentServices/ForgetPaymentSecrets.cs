using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;

namespace MyKey.App.PaymentServices;

/// <summary>Secrets of payment services that count no more since another one came.</summary>
public sealed class ForgetPaymentSecrets(Database database, TimeProvider clock) : IJob
{
    private const string Forget = "update inc_payment_service set older_client_id = null, older_secret = null, older_until_ms = null where older_until_ms <= @Now";

    public string Name => "incentives-forget-payment-secrets";

    public TimeSpan Every => TimeSpan.FromMinutes(10);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop) =>
        new($"forgot {await database.Write(tx => tx.Connection.ExecuteAsync(Forget, new { Now = clock.NowMs() }, tx.Handle), stop)}");
}
