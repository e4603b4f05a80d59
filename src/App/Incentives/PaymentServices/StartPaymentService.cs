using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.PaymentServices;

/// <summary>A municipality says from when until when a payment service can be chosen for what it grants (S1-36, S1-41). What is under way goes on.</summary>
public sealed class StartPaymentService(FindPaymentServices services, RegistryCache registry, Database database, OperationLog log)
{
    private const string Upsert = """
        insert into inc_payment_service_start(service, municipality, from_day, until_day) values (@Id, @Code, @From, @Until)
        on conflict(service, municipality) do update set from_day = excluded.from_day, until_day = excluded.until_day
        """;

    /// <param name="municipality">For operators; an office sets its own.</param>
    /// <returns><c>role_forbidden</c>, <c>not_found</c>, <c>municipality_unknown</c>, <c>period_format</c> when it ends before it begins.</returns>
    public async Task<Result<ServiceStart>> Run(StaffAtWork work, PaymentServiceId id, string? municipality, (DateOnly From, DateOnly? Until) days, CancellationToken stop = default)
    {
        if (work.Require(work.Town is null ? Role.Operator : Role.Officer).Refused is { } forbidden) return forbidden;
        var issuing = (await registry.View()).Issuing(work.Town?.Code.Value ?? municipality);
        if (issuing.Refused is { } nowhere) return nowhere;
        if (await services.Find(id, stop) is null) return Refusal.Of("not_found");
        if (days.Until < days.From) return Refusal.Of("period_format");
        var code = issuing.Value.Code;
        var before = (await services.Starts(id, stop)).FirstOrDefault(s => s.Municipality == code);
        var after = new ServiceStart(id, code, days.From, days.Until);
        if (before == after) return after;
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Upsert, new { Id = id, Code = code, days.From, days.Until }, tx.Handle);
            await log.Write(tx, new Operation("payment_service.started", work.Actor, id.Value, Before: before is null ? null : InShort(before), After: InShort(after)));
        }, stop);
        return after;
    }

    private static string InShort(ServiceStart s) => $"{s.Municipality} {s.From:yyyy-MM-dd} {s.Until:yyyy-MM-dd}".TrimEnd();
}
