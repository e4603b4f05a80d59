using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>Premiums of the State: earned by holders that are nobody's holding, up to a cap, by the one service of each; some are taken back, some come by another service.</summary>
internal sealed partial class Orders
{
    private const long Cap = 300;

    private static readonly CitizenId[] Holders = [.. Enumerable.Range(1, 5).Select(n => new CitizenId(new Guid($"00000000-0000-4000-8000-0000000000b{n}")))];

    public ProgrammeId Round { get; } = new(new Guid("00000000-0000-4000-8000-0000000000c1"));

    private Order Premium(Notebook notebook)
    {
        if (random.Next(3) == 0 && AnyOf(notebook, Record.Premium) is { } paid)
        {
            var (back, bucket, what) = (new TransferId(NewId()), paid.Answer.Receipt.Bucket, paid.Order.Id);
            return new Order(back, Record.Cancel, paid.Order.Citizen, null, false, house => house.Ledger.Post(Transfer.PremiumReturn(back, bucket, what, Round, Actor.Job("simulation"))));
        }
        var (id, number, earned, other) = (new TransferId(NewId()), random.Next(Holders.Length), random.Next(1, 120), random.Next(8) == 0);
        var service = services[(number + (other ? 1 : 0)) % services.Length];
        return new Order(id, Record.Premium, Holders[number], null, false,
            house => house.Ledger.Post(Transfer.PayPremium(id, Holders[number], Round, service, (new Points(earned), new Points(Cap)), Actor.Job("simulation"))));
    }
}
