namespace MyKey.Ledger;

/// <summary>
/// What the legs of a transfer tell its citizen: of the holding, where it is touched; else of an event's points or of an entitlement; else of the reserved points; else of
/// the ticket or pledge. So a ticket takes from the holding when it is issued, and nothing more when it is used.
/// </summary>
internal static class Legs
{
    public static long BalanceAfter(this IReadOnlyList<Leg> legs) => legs.BalanceAfter(legs.About());

    public static long BalanceAfter(this IReadOnlyList<Leg> legs, AccountKind about)
    {
        for (var i = legs.Count - 1; i >= 0; i--)
            if (legs[i].Account.Kind == about && legs[i].BalanceAfter is { } balance) return balance;
        return 0;
    }

    /// <summary>Signed.</summary>
    public static long Change(this IReadOnlyList<Leg> legs, AccountKind about) => legs.Where(l => l.Account.Kind == about).Sum(l => l.Amount);

    public static AccountKind About(this IReadOnlyList<Leg> legs)
    {
        var about = AccountKind.Ticket;
        for (var i = 0; i < legs.Count; i++)
        {
            if (legs[i].Account.Kind == AccountKind.Holding) return AccountKind.Holding;
            if (legs[i].Account.Kind is AccountKind.Event or AccountKind.Entitlement || (legs[i].Account.Kind is AccountKind.Reserved or AccountKind.Pledge && about == AccountKind.Ticket)) about = legs[i].Account.Kind;
        }
        return about;
    }
}
