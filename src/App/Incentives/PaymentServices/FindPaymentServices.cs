using System.Text;
using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Registry;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.PaymentServices;

/// <summary>Reading the payment services, and where they have started.</summary>
public sealed class FindPaymentServices(Database database, Kek kek, TimeProvider clock)
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

    /// <summary>What we prove ourselves with at a service, and what signs what it tells us: the newest first, then the one before it while that counts.</summary>
    internal async Task<IReadOnlyList<OurName>> SecretsOf(PaymentServiceId service, CancellationToken stop)
    {
        SecretRow kept;
        await using (var connection = await database.Open(stop))
            kept = await connection.QuerySingleAsync<SecretRow>("select client_id, secret, older_client_id, older_secret, older_until_ms from inc_payment_service where id = @service", new { service });
        var names = new List<OurName> { new(kept.ClientId, await Open(kept.Secret)) };
        if (kept is { OlderSecret: { } older, OlderClientId: { } before } && kept.OlderUntilMs > clock.NowMs()) names.Add(new(before, await Open(older)));
        return names;

        async Task<string> Open(byte[] wrapped) => Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(service), stop));
    }

    internal static string Owner(PaymentServiceId id) => $"payment-service:{id.Value:N}";

    private sealed class SecretRow
    {
        public string ClientId { get; init; } = "";
        public byte[] Secret { get; init; } = [];
        public string? OlderClientId { get; init; }
        public byte[]? OlderSecret { get; init; }
        public long? OlderUntilMs { get; init; }
    }

    private sealed class StartRow
    {
        public PaymentServiceId Service { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }
    }
}
