using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.PaymentServices;

/// <summary>Reading the payment services, and where they have started.</summary>
public sealed class FindPaymentServices(Database database, Kek kek)
{
    public async Task<IReadOnlyList<PaymentService>> All(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<StoredPayment>($"{StoredPayment.All} order by name, id")).Select(r => r.Read())];
    }

    /// <summary>Those that are on, by a part of the name (S3-18).</summary>
    /// <param name="words">Null or empty: all.</param>
    public async Task<IReadOnlyList<PaymentService>> Listed(string? words, CancellationToken stop = default)
    {
        var wanted = Typed.HalfWidth(words).Trim();
        return [.. (await All(stop)).Where(s => s.IsOn && Typed.HalfWidth(s.Name).Contains(wanted, StringComparison.OrdinalIgnoreCase))];
    }

    public async Task<PaymentService?> Find(PaymentServiceId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<StoredPayment>($"{StoredPayment.All} where id = @id", new { id }))?.Read();
    }

    /// <summary>Every municipality of one service, or with null of all.</summary>
    public async Task<IReadOnlyList<ServiceStart>> Starts(PaymentServiceId? service = null, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<StartRow>("select service, municipality, from_day, until_day from inc_payment_service_start order by municipality, service");
        return [.. rows.Select(r => new ServiceStart(r.Service, r.Municipality, r.FromDay, r.UntilDay)).Where(s => service is null || s.Service == service)];
    }

    /// <summary>Those that can be chosen on a day for what the municipality grants (S1-36).</summary>
    public async Task<IReadOnlySet<PaymentServiceId>> OpenFor(MunicipalityCode municipality, DateOnly day, CancellationToken stop = default)
    {
        var open = (await Starts(stop: stop)).Where(s => s.Municipality == municipality && s.IsOpen(day)).Select(s => s.Service).ToHashSet();
        return (await All(stop)).Where(s => s.IsOn && open.Contains(s.Id)).Select(s => s.Id).ToHashSet();
    }

    /// <summary>What we prove ourselves with at a service, and what signs what it tells us.</summary>
    internal async Task<string> SecretOf(PaymentService service, CancellationToken stop)
    {
        byte[] wrapped;
        await using (var connection = await database.Open(stop))
            wrapped = await connection.QuerySingleAsync<byte[]>("select secret from inc_payment_service where id = @Id", new { service.Id });
        return Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(service.Id), stop));
    }

    internal static string Owner(PaymentServiceId id) => $"payment-service:{id.Value:N}";

    private sealed class StartRow
    {
        public PaymentServiceId Service { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }
    }
}
