using Dapper;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.Settlement;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Tests.Ledger;

namespace MyKey.Tests.App.Settlement;

/// <summary>A ledger with settlement over it, from noon of 2017-12-15 on, and no job but the one that a test steps through.</summary>
public sealed class SettlementHouse : IAsyncDisposable
{
    public static readonly SettlementMonth December = new(201712), January = new(201801), February = new(201802);

    private readonly RegistryCache registry;
    private readonly OnlineSiteCache sites;
    private readonly Settings settings;

    private SettlementHouse(LedgerHouse ledger) =>
        (House, registry, sites, settings) = (ledger, new RegistryCache(ledger.Database, ledger.Clock), new OnlineSiteCache(ledger.Database, ledger.Clock), new Settings(ledger.Database, ledger.Clock));

    public LedgerHouse House { get; }

    public Database Database => House.Database;

    public SettlementReading Reading => new(Database, House.Ledger.Buckets);

    public FindMonths Months => new(Database, Reading);

    public FindStatements Statements => new(Database);

    public AuditMonths Auditor => new(Database, Months, Reading, House.Ledger.Buckets);

    /// <summary>As a process has them that was just started.</summary>
    public MonthTotals Totals => new(Database, House.Clock);

    public FindLines Finder => new(Database, Months, Reading, House.Ledger.Buckets);

    public static async Task<SettlementHouse> New(Engine engine) => new(await LedgerHouse.New(engine));

    /// <summary>The job as a process has it that was just started, in pieces so small that they end in the middle of a chain and go over several.</summary>
    public CloseMonths Job() => new(Database, Months, Reading, new MakeClaims(Database, registry, sites, settings, House.Clock), new OperationLog(House.Clock, House.Ledger.Buckets), House.Ledger.Buckets, House.Clock) { Largest = (7, 5) };

    /// <summary>Closes what can be closed; each step by a process of its own.</summary>
    public async Task<int> Close()
    {
        var steps = 0;
        while (await Job().Step(Actor.Job("settle-months")) is not null) Assert.InRange(++steps, 0, 10_000);
        return steps;
    }

    /// <summary>To a day of Japan, noon.</summary>
    public void To(int year, int month, int day)
    {
        var there = Jst.EndOf(new DateOnly(year, month, day)) - Jst.DayMs / 2;
        House.Clock.Jump(TimeSpan.FromMilliseconds(there - House.Clock.NowMs()));
    }

    public async Task<List<SettlementLine>> Lines(SettlementMonth month) =>
        (await Months.Closed(month.ToString())) is { Ok: true } closed ? [.. await Finder.Of(closed.Value, null, Guid.Empty)] : [];

    public async Task<long> Sum(SettlementMonth month, AccountKind kind, TransferKind? of = null) => (await Lines(month)).Where(l => l.Account.Kind == kind && (of is null || l.Kind == of)).Sum(l => l.Amount);

    public Task<int> Break(string sql) => Database.Write(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Handle));

    public async Task MustHold()
    {
        var audit = await Auditor.Run();
        Assert.True(audit.Holds, audit.Broken);
        await House.MustAddUp();
    }

    public async ValueTask DisposeAsync()
    {
        registry.Dispose();
        sites.Dispose();
        settings.Dispose();
        await House.DisposeAsync();
    }
}
