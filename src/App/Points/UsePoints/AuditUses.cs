using MyKey.App.Shared;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>A citizen's token serves one use: compares what the ledger has taken at terminals with the tokens, as long as those are kept.</summary>
public sealed class AuditUses(LedgerReading reading, AuditTokens tokens, Buckets buckets, TimeProvider clock)
{
    /// <summary>What the job that forgets tokens may be ahead of this audit.</summary>
    private const long MarginMs = 3_600_000;

    public async Task<RowAudit> Run(CancellationToken stop = default)
    {
        var uses = (await reading.UsesAtTerminals(clock.NowMs() - AuditTokens.KeptMs + MarginMs, stop)).ToDictionary(u => u.Id, u => new MustHaveShown(u.Citizen, u.Terminal));
        return new RowAudit(uses.Count, await tokens.FirstBroken(uses, Stands, stop));
    }

    private async Task<bool> Stands(CitizenId citizen, TransferId transfer) => await reading.Find(buckets.Of(citizen.Value), transfer) is not null;
}
