using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;

namespace MyKey.Ledger;

/// <summary>
/// The database work of one batch, for one writer and on a connection of its own. Load opens the transaction, locks the heads of the buckets
/// in order and reads what the batch touches; Write writes everything set-wise and commits.
/// </summary>
internal abstract class LedgerSql : IAsyncDisposable
{
    public static LedgerSql For(Database database) => database.Engine == Engine.Postgres ? new PostgresLedgerSql(database) : new SqliteLedgerSql(database);

    /// <summary>Opens the transaction (unless it is open already), locks, and loads.</summary>
    public abstract Task<Loaded> Load(Need need);

    /// <summary>Runs the statements behind one savepoint.</summary>
    /// <returns>-1, or the index of the first that touched another number of rows; then all of them are undone.</returns>
    public abstract Task<int> Run(IReadOnlyList<Companion> companions);

    /// <summary>Writes everything and commits; with no block it only ends the transaction.</summary>
    public abstract Task Write(IReadOnlyList<BlockToWrite> blocks, IReadOnlyList<Lot> lots, IReadOnlyList<PremiumHolder> holders);

    /// <summary>What is left of a limit, which is locked from then on; null where there is none.</summary>
    public abstract Task<long?> RestOf(int bucket, LimitId limit);

    /// <summary>
    /// Ends the transaction without writing; harmless when there is none. If even that fails, whatever the reason, the connection is given up
    /// and the transaction ends with it: nobody else works for this writer's queue, so it must go on.
    /// </summary>
    public async Task Abandon()
    {
        try
        {
            await RollBack();
        }
        catch (Exception)
        {
            await GiveUp();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Abandon();
        await GiveUp();
    }

    protected abstract Task RollBack();

    /// <summary>Drops the connection; the next batch opens another.</summary>
    protected abstract Task GiveUp();
}

/// <summary>What a batch must see. Buckets are sorted: they are locked in this order.</summary>
internal sealed record Need(int[] Buckets, IReadOnlyList<(int Bucket, CitizenId Citizen)> Citizens, IReadOnlyList<(int Bucket, TransferId Id)> Ids,
    IReadOnlyList<(int Bucket, TransferId Id)> Cancelled)
{
    /// <summary>Holders of premiums.</summary>
    public IReadOnlyList<(int Bucket, CitizenId Holder)> Holders { get; init; } = [];

    /// <summary>Premiums that are taken back.</summary>
    public IReadOnlyList<(int Bucket, TransferId Id)> Premiums { get; init; } = [];
}

/// <summary>End of a bucket's chain.</summary>
internal sealed record Head(int Bucket, long Height, byte[] Hash, int Epoch);

/// <summary>A transfer that stands in the ledger, as far as answering again and cancelling need it.</summary>
internal sealed record TransferRow(int Bucket, TransferId Id, TransferKind Kind, CitizenId? Citizen, Actor Actor, AcceptorId? Acceptor,
    ProgrammeId? Programme, TransferId? Cancels, string Issuer, long Amount, string Legs, long TimeMs, long Height, int Pos)
{
    private readonly long? balanceAfter;

    /// <summary>What the citizen could use afterwards; read from the legs unless it is known.</summary>
    public long BalanceAfter
    {
        get => balanceAfter ?? LegsText.Read(Legs).BalanceAfter();
        init => balanceAfter = value;
    }
}

internal sealed class Loaded
{
    public Dictionary<int, Head> Heads { get; } = [];

    public Dictionary<CitizenId, List<Lot>> Lots { get; } = [];

    public Dictionary<(int Bucket, TransferId Id), TransferRow> Transfers { get; } = [];

    public Dictionary<CitizenId, PremiumHolder> Premiums { get; } = [];

    /// <summary>Of the transfers to be cancelled, what has gone back already.</summary>
    public Dictionary<(int Bucket, TransferId Id), long> GoneBack { get; } = [];

    public void Add(int bucket, TransferId cancelled, long amount) => GoneBack[(bucket, cancelled)] = GoneBack.GetValueOrDefault((bucket, cancelled)) + amount;

    public void Add(Lot lot)
    {
        if (!Lots.TryGetValue(lot.Citizen, out var lots)) Lots.Add(lot.Citizen, lots = new List<Lot>(4));
        lots.Add(lot);
    }
}

internal sealed record BlockToWrite(BlockHeader Header, byte[] Sums, byte[] Hash, IReadOnlyList<EntryToWrite> Entries);

internal sealed record EntryToWrite(TransferRecord Record, TransferId? PreviousTransfer, byte[] Bytes, byte[] Salt, byte[] Commit, string Legs);
