using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>What is asked for.</summary>
/// <param name="Id">Made by the caller; it becomes the transfer's: the same again answers again.</param>
/// <param name="From"><see cref="Destination.Later"/>; from a municipality there is no way.</param>
/// <param name="To">A municipality, or an event as <see cref="Purse"/> writes it; to reserved points or to a partner there is no way.</param>
public sealed record MoveOrder(TransferId Id, string? From, string? To, long Amount)
{
    public static MoveOrder Reserved(TransferId id, string? to, long amount) => new(id, Destination.Later, to, amount);
}

/// <summary>A move that can be done.</summary>
/// <param name="ExpiresOn">The last day of the points there: of a municipality's counted from today (S0-4033b), of an event's its last.</param>
/// <param name="Event">Null: they become points of the municipality itself.</param>
public sealed record GoodMove(Municipality Town, Points Amount, DateOnly ExpiresOn, SupportEvent? Event = null)
{
    public Purse Purse => new(Town.Code, Event?.Id);

    public string PointName => Event?.PointName ?? Town.PointName;

    public string FullName => Event is { } supported ? $"{supported.Name}（{Town.FullName}）" : Town.FullName;
}

/// <summary>Reserved points become points of a municipality, e.g. at the place of a journey (S0-1010b), or of an event (S0-5009b). Back, or on to another one, there is no way (S0-4008b, S0-5008).</summary>
public sealed class MoveReserved(Ledger.Ledger ledger, ReservedReading reading, RegistryCache registry, PartnerCache partners, TimeProvider clock)
{
    public async Task<ReservedPlan> Plan(Citizen citizen, CancellationToken stop = default)
    {
        var (home, held) = ReservedPlan.HomeOf(await registry.View(), citizen.State, citizen.BaseMunicipality);
        return new ReservedPlan(await reading.Of(citizen.Id, stop), clock.Today(), home, held);
    }

    /// <summary>Before anything is asked of the ledger.</summary>
    /// <param name="plan">The citizen's, of now.</param>
    /// <returns>
    /// The move; <c>amount_format</c>, <c>direction_forbidden</c>, <c>field_required</c> (field), <c>municipality_unknown</c>, <c>event_closed</c> (from,
    /// until), <c>insufficient_points</c> (rest).
    /// </returns>
    public async Task<Result<GoodMove>> Check(Citizen citizen, MoveOrder order, ReservedPlan plan)
    {
        var good = await Read(citizen, order);
        if (good.Refused is { } no) return no;
        return good.Value.Amount > plan.Sum ? Refusal.Of("insufficient_points", ("rest", plan.Sum)) : good;
    }

    /// <returns>The transfer; the refusals of <see cref="Check"/> and of the ledger.</returns>
    public async Task<Result<Posted>> Run(Citizen citizen, MoveOrder order)
    {
        var good = await Read(citizen, order);
        if (good.Refused is { } no) return no;
        var (town, amount, expiresOn, supported) = good.Value;
        return await ledger.Post(supported is null
            ? Transfer.MoveReserved(order.Id, citizen.Id, town.Code, amount, expiresOn, Actor.Of(citizen.Id))
            : Transfer.MoveReserved(order.Id, citizen.Id, supported.Account, amount, expiresOn, Actor.Of(citizen.Id)));
    }

    private async Task<Result<GoodMove>> Read(Citizen citizen, MoveOrder order)
    {
        var amount = Points.From(order.Amount);
        if (amount.Refused is { } unreadable) return unreadable;
        if (Forbidden(citizen.Id, order, await partners.View()) is { } no) return no;
        var (view, today) = (await registry.View(), clock.Today());
        if (Purse.Read(order.To) is { Ok: true, Value.Event: { } id })
        {
            if (view.Find(id) is not { } supported || view.Find(supported.Municipality) is not { } payee) return Refusal.Of("not_found");
            return supported.TakesOn(today) is { } closed ? closed : new GoodMove(payee, amount.Value, supported.Until, supported);
        }
        var town = view.Issuing(order.To);
        return town.Refused is { } nowhere ? nowhere : new GoodMove(town.Value, amount.Value, town.Value.Expiry!.Value.ExpiresOn(today));
    }

    /// <summary>The ledger's table of directions says which way there is; this finds the accounts that are meant.</summary>
    private static Refusal? Forbidden(CitizenId citizen, MoveOrder order, PartnerView partners)
    {
        var (from, to) = (Meant(order.From), Meant(order.To));
        return from is { } here && to is { } there ? Directions.Check(TransferKind.Move, here, there, citizen) : from is null ? Refusal.Of("municipality_unknown") : null;

        Account? Meant(string? typed) =>
            typed == Destination.Later ? Account.Reserved(citizen)
            : partners.Find(typed) is { } partner ? Account.Partner(partner.Id)
            : Purse.Read(typed) is { Ok: true } purse ? purse.Value.Of(citizen)
            : null;
    }
}
