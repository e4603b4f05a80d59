using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>What an operator decides about one citizen's held points.</summary>
/// <param name="Id">Made by the caller; it becomes the transfer's: the same again answers again.</param>
/// <param name="Reason">1 to 200 characters.</param>
public sealed record DirectOrder(Guid Id, CitizenId Citizen, string? Municipality, string? Reason);

/// <summary>Points that are held, as an operator sees them.</summary>
/// <param name="MyKeyId">Null once it is given up.</param>
/// <param name="Lots">Those past their last day.</param>
public sealed record HeldCase(HeldPoints Held, MyKeyId? MyKeyId, Municipality? Base, IReadOnlyList<ReservedLot> Lots)
{
    public Points Sum => new(Lots.Sum(l => l.Remaining.Value));
}

/// <summary>An operator says where held points go, and why (S0-1010f). Value hangs on it, so the one-time password is asked again.</summary>
public sealed class DirectReserved(HeldReserved held, ReservedReading reading, FindHomes homes, RegistryCache registry, Ledger.Ledger ledger, OperationLog log, TimeProvider clock)
{
    /// <summary>More than anybody works off in a day; what waits longest comes first.</summary>
    public const int Shown = 100;

    /// <summary>Those that wait longest.</summary>
    public async Task<IReadOnlyList<HeldCase>> Waiting(CancellationToken stop = default) => await Cases((await held.All(stop)).Values.OrderBy(h => h.SinceMs).Take(Shown).ToList(), stop);

    /// <returns>The case, or <c>not_found</c>: nothing is held, or not any more.</returns>
    public async Task<Result<HeldCase>> Find(CitizenId citizen, CancellationToken stop = default) =>
        (await held.All(stop)).TryGetValue(citizen, out var row) && await Cases([row], stop) is [{ } found] ? found : Refusal.Of("not_found");

    /// <returns>
    /// The transfer; <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (field), <c>too_large</c>, <c>municipality_unknown</c>, <c>not_found</c>,
    /// what free text is refused for, and the refusals of the ledger.
    /// </returns>
    public async Task<Result<Posted>> Run(StaffAtWork work, DirectOrder order)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var town = (await registry.View()).Issuing(order.Municipality);
        if (town.Refused is { } nowhere) return nowhere;
        var why = ReasonText.Read(order.Reason, "reason");
        if (why.Refused is { } unreadable) return unreadable;
        var told = log.Statements(new Operation("reserved.directed", work.Actor, order.Citizen.Value, order.Citizen, After: town.Value.Code.Value, Reason: why.Value));
        var posted = await ledger.Post(Transfer.MoveDue(new TransferId(order.Id), order.Citizen, town.Value.Code, town.Value.Expiry!.Value.ExpiresOn(clock.Today()), work.Actor) with
        {
            Companions = [HeldReserved.Released(order.Citizen, ledger.Buckets), .. told.Select(t => new Companion(t.Sql, t.Values, 1, Refusal.Of("busy")))],
        });
        return posted.Refused is { Code: "insufficient_points" } ? Refusal.Of("not_found") : posted;
    }

    private async Task<IReadOnlyList<HeldCase>> Cases(IReadOnlyList<HeldPoints> rows, CancellationToken stop)
    {
        var (found, view, today, cases) = (await homes.Of(rows.Select(r => r.Citizen), stop), await registry.View(), clock.Today(), new List<HeldCase>(rows.Count));
        foreach (var row in rows)
        {
            var (home, lots) = (found.GetValueOrDefault(row.Citizen), (await reading.Of(row.Citizen, stop)).Where(l => l.LastDay < today).ToList());
            if (lots.Count > 0) cases.Add(new HeldCase(row, home?.MyKeyId, home?.BaseMunicipality is { } code ? view.Find(code) : null, lots));
        }
        return cases;
    }
}
