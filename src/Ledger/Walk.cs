using System.Data.Common;
using Dapper;

namespace MyKey.Ledger;

/// <summary>A citizen's transfers, newest first: found by walking back from one to the one before, so that payments keep no second index.</summary>
internal static class Walk
{
    private const string Columns = """
        select l.bucket, l.id, l.kind, l.issuer, l.legs, l.time_ms, l.height, l.pos, l.actor_kind, l.acceptor, l.programme, l.cancels, l.settings,
          exists(select 1 from ledger_transfer c where c.bucket = l.bucket and c.cancels = l.id) as cancelled
        """;

    private const int Longest = 10_000;

    /// <param name="lines">Which of them, about <c>l</c>; names its values with <paramref name="values"/>, which also has Bucket and Citizen.</param>
    /// <param name="before">The last line of the page before, or null.</param>
    /// <param name="steps">How many transfers are looked at: with a condition more than are wanted.</param>
    public static async Task<IReadOnlyList<WalkRow>> Back(DbConnection connection, string lines, WalkValues values, int count, TransferId? before, int steps = Longest)
    {
        var all = new DynamicParameters(values);
        all.Add("Before", before);
        all.Add("Count", count);
        all.Add("Steps", steps);
        var newest = await connection.ExecuteScalarAsync<object?>(before is null
            ? "select last_transfer from ledger_lot where bucket = @Bucket and citizen = @Citizen and closed = 0 order by entry_no desc limit 1"
            : "select previous from ledger_transfer where bucket = @Bucket and id = @Before and citizen = @Citizen", all);
        if (newest is null or DBNull) return [];
        all.Add("Newest", newest);
        return (await connection.QueryAsync<WalkRow>($"""
            with recursive line as (
              select t.*, 1 as step from ledger_transfer t where t.bucket = @Bucket and t.id = @Newest
              union all
              select t.*, line.step + 1 from line join ledger_transfer t on t.bucket = @Bucket and t.id = line.previous where line.step < @Steps)
            {Columns} from line l where {lines} order by l.step limit @Count
            """, all)).AsList();
    }

    /// <summary>One transfer, whosever it is, or null.</summary>
    public static Task<WalkRow?> One(DbConnection connection, int bucket, TransferId id) =>
        connection.QuerySingleOrDefaultAsync<WalkRow>($"{Columns} from ledger_transfer l where l.bucket = @bucket and l.id = @id", new { bucket, id });

    /// <summary>The same, if it is the citizen's and one of <paramref name="lines"/>.</summary>
    public static Task<WalkRow?> One(DbConnection connection, TransferId id, string lines, WalkValues values)
    {
        var all = new DynamicParameters(values);
        all.Add("Id", id);
        return connection.QuerySingleOrDefaultAsync<WalkRow>($"{Columns} from ledger_transfer l where l.bucket = @Bucket and l.id = @Id and l.citizen = @Citizen and {lines}", all);
    }
}

/// <summary>What the conditions of a walk may name.</summary>
internal sealed record WalkValues(int Bucket, CitizenId Citizen)
{
    /// <summary>Legs stand as text: <c>[["7.132985.owner","lot",-100,900],…]</c>.</summary>
    public static string Touches(AccountKind kind) => $"l.legs like '%\"{(int)kind}.%'";

    /// <summary>Empty: any.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>An account as <see cref="Touching"/> looks for it.</summary>
    public string Account { get; init; } = "";

    public static string Touching(Account account) => $"%\"{account}\"%";
}

internal sealed class WalkRow
{
    public int Bucket { get; set; }
    public TransferId Id { get; set; }
    public int Kind { get; set; }
    public string Issuer { get; set; } = "";
    public string Legs { get; set; } = "";
    public long TimeMs { get; set; }
    public long Height { get; set; }
    public int Pos { get; set; }
    public int ActorKind { get; set; }
    public AcceptorId? Acceptor { get; set; }
    public ProgrammeId? Programme { get; set; }
    public TransferId? Cancels { get; set; }
    public bool Cancelled { get; set; }
    public string Settings { get; set; } = "";

    public ReceiptNumber Receipt => new(Bucket, Height, Pos);

    /// <param name="about">Which account it tells of; null: the one that its citizen is told of.</param>
    public HistoryLine Line(AccountKind? about = null)
    {
        var legs = LegsText.Read(Legs);
        var of = about ?? legs.About();
        return new HistoryLine(Id, Receipt, (TransferKind)Kind, MunicipalityCode.Trusted(Issuer), legs.Change(of), new Points(legs.BalanceAfter(of)), TimeMs, Acceptor, Programme, Cancels, Cancelled, of)
        {
            Partner = legs.Where(l => l.Account.Kind == AccountKind.Partner).Select(l => (PartnerId?)new PartnerId(l.Account.Owner)).FirstOrDefault(),
            Event = legs.Where(l => l.Account.Kind == AccountKind.Event).Select(l => (SupportEventId?)new SupportEventId(l.Account.Owner)).FirstOrDefault(),
            FromEntitlement = (TransferKind)Kind == TransferKind.Move && legs.Any(l => l.Account.Kind == AccountKind.Entitlement),
            Lots = [.. legs.Where(l => l.Lot is not null && l.Account.Kind == of).Select(l => (l.Lot!.Value, l.Amount))],
            Settings = Settings,
        };
    }
}
