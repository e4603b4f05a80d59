using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>Grants that are still to be received: by one of two payment services, as points of the municipality, or by nobody.</summary>
internal sealed partial class Orders
{
    private readonly PaymentServiceId[] services = [new(new Guid("00000000-0000-4000-8000-0000000000a1")), new(new Guid("00000000-0000-4000-8000-0000000000a2"))];

    private Order ToReceive(Notebook notebook, TimeProvider clock) => AnyOf(notebook, -Record.Grant) is { } entitled
        ? random.Next(9) switch
        {
            < 3 => Entitle(clock),
            < 6 => Payout(entitled),
            < 8 => Receive(entitled, clock),
            _ => random.Next(2) == 0 ? RecallOf(entitled) : VoidOf(entitled),
        }
        : Entitle(clock);

    private Order Entitle(TimeProvider clock)
    {
        var (id, citizen, which, amount, lastDay) = (new TransferId(NewId()), Any(Citizens), random.Next(issuers.Length), random.Next(1, 200), clock.Today().AddDays(random.Next(1, 6)));
        var entitle = Transfer.Entitle(id, citizen, issuers[which], new Points(amount), Programmes[which], lastDay, Actor.Job("simulation"));
        return new Order(id, Record.Grant, citizen, amount, false, house => new(house.Limits.Post(LimitId.Budget(Programmes[which]), entitle))) { ToReceive = true };
    }

    private Order Payout((Order Order, Posted Answer) of)
    {
        var service = Any(services);
        return Of(of, Record.Payout, (_, id, lot) => Transfer.Payout(id, of.Order.Citizen, Entitlement(of), of.Answer.Amount, lot, service, Actor.Of(of.Order.Citizen)));
    }

    private Order Receive((Order Order, Posted Answer) of, TimeProvider clock)
    {
        var until = clock.Today().AddDays(random.Next(1, 8));
        return Of(of, Record.Move, (_, id, lot) => Transfer.Receive(id, of.Order.Citizen, Entitlement(of), of.Answer.Amount, lot, until, Actor.Of(of.Order.Citizen)));
    }

    private Order RecallOf((Order Order, Posted Answer) of)
    {
        var programme = new ProgrammeId(Entitlement(of).Owner);
        return Of(of, Record.Recall, (house, id, lot) => Transfer.Recall(id, of.Order.Citizen, Entitlement(of), of.Answer.Amount, programme, lot, Actor.Job("simulation")) with
        {
            Companions = [house.Limits.GiveBack(LimitId.Budget(programme), of.Answer.Amount)],
        });
    }

    private Order VoidOf((Order Order, Posted Answer) of) => Of(of, Record.Void, (_, id, lot) => Transfer.Void(id, of.Order.Citizen, Entitlement(of), lot, Actor.Job("simulation")));

    private Order Of((Order Order, Posted Answer) of, long kind, Func<House, TransferId, LotId, Transfer> transfer)
    {
        var id = new TransferId(NewId());
        return new Order(id, kind, of.Order.Citizen, of.Answer.Amount.Value, false, async house => await house.Ledger.Post(transfer(house, id, await house.LotOf(of.Answer))));
    }

    private Account Entitlement((Order Order, Posted Answer) of) => Account.Entitlement(of.Answer.Issuer, Programmes[Array.IndexOf(issuers, of.Answer.Issuer)]);
}
