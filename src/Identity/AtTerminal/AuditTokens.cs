using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.AtTerminal;

/// <summary>Whose token a transfer must have taken, and at which terminal.</summary>
public readonly record struct MustHaveShown(CitizenId Citizen, TerminalId Terminal);

/// <summary>Every transfer at a terminal took one token of its citizen there, and no token is spent on a transfer that does not stand.</summary>
public sealed class AuditTokens(Database database)
{
    /// <summary>Tokens are kept at least this long after a transfer took them; older transfers can't be checked any more.</summary>
    public const long KeptMs = Jst.DayMs;

    private const string Spent = """
        select citizen, terminal, transfer from idn_citizen_token where transfer is not null and for_change = 0 order by transfer
        """;

    /// <param name="transfers">Read before the tokens are: so each must find its own.</param>
    /// <param name="stands">Whether a transfer that is not among them stands all the same: an older one, or one that has come since.</param>
    /// <returns>The first broken row and what is wrong with it, or null.</returns>
    public async Task<string?> FirstBroken(IReadOnlyDictionary<TransferId, MustHaveShown> transfers, Func<CitizenId, TransferId, Task<bool>> stands, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var found = new HashSet<TransferId>();
        foreach (var (citizen, terminal, transfer) in await connection.QueryAsync<(CitizenId, TerminalId, TransferId)>(Spent))
        {
            var place = $"idn_citizen_token of transfer {transfer.Value}";
            if (!found.Add(transfer)) return $"{place}: two tokens were taken by it";
            if (transfers.TryGetValue(transfer, out var shown))
            {
                if (citizen != shown.Citizen) return $"{place}: citizen is {citizen.Value}, the transfer's is {shown.Citizen.Value}";
                if (terminal != shown.Terminal) return $"{place}: terminal is {terminal.Value}, the transfer's is {shown.Terminal.Value}";
            }
            else if (!await stands(citizen, transfer))
            {
                return $"{place}: transfer is spent on one that does not stand";
            }
        }
        return transfers.Keys.Where(t => !found.Contains(t)).OrderBy(t => t.Value).Select(t => $"idn_citizen_token of transfer {t.Value}: missing, the transfer took none").FirstOrDefault();
    }
}
