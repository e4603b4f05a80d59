namespace MyKey.Ledger;

/// <summary>The budget of a round, taken from once for all premiums of a batch: a limit like every other, but held for no time at all, for what is taken stands with the transfers.</summary>
internal static class PremiumBudget
{
    private const string Sql = "update ledger_limit set taken = taken + @Amount where bucket = @Bucket and id = @Id and taken + @Amount between 0 and total";

    /// <param name="amount">Below 0: more is taken back than paid.</param>
    public static Companion Take(int bucket, ProgrammeId round, long amount) => new(Sql, [("Amount", amount), ("Bucket", bucket), ("Id", LimitId.Budget(round).Value)], 1, Refusal.Of("budget_exhausted"));

    /// <summary>Drops what the budget does not reach for, in the order in which it came. Nothing, where it has grown meanwhile.</summary>
    /// <param name="rest">Null: there is no such budget.</param>
    public static void DropBeyond(List<Pending> batch, ProgrammeId round, long? rest)
    {
        var (left, dropped) = (rest ?? 0, false);
        foreach (var pending in batch)
        {
            if (pending.Outcome is not { Repeated: false, Row: { } row } || row.Programme != round) continue;
            if (row.Kind == TransferKind.Cancel) left += row.Amount;
            else if (row.Amount <= left) left -= row.Amount;
            else (pending.Dropped, dropped) = (Refusal.Of("budget_exhausted", ("rest", new Points(left))), true);
        }
        Must.Hold(dropped || rest is not null, "what is paid back comes out of a budget");
    }
}
