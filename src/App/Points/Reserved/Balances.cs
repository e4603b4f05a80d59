using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <summary>What a citizen has at a destination now.</summary>
public sealed class Balances(LedgerReading reading, ReservedReading reserved, TimeProvider clock)
{
    public async Task<Points> Of(CitizenId citizen, Destination there) => there.IsReserved
        ? new Points((await reserved.Of(citizen)).Sum(l => l.Remaining.Value))
        : await reading.Usable(citizen, there.Code, clock.Today());
}
