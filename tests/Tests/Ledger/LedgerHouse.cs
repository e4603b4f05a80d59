using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Ledger;

/// <summary>A ledger on a database of its own, with short words for what the tests do.</summary>
public sealed class LedgerHouse : IAsyncDisposable
{
    public static readonly MunicipalityCode A = MunicipalityCode.Of("132985");
    public static readonly MunicipalityCode B = MunicipalityCode.Of("134988");
    public static readonly AcceptorId Shop = new(new Guid("00000000-0000-7000-8000-00000000000a"));
    public static readonly AcceptorId OtherShop = new(new Guid("00000000-0000-7000-8000-00000000000b"));
    public static readonly ProgrammeId Programme = new(new Guid("00000000-0000-7000-8000-00000000000c"));
    public static readonly PartnerId Partner = new(new Guid("00000000-0000-7000-8000-00000000000e"));
    public static readonly PartnerId OtherPartner = new(new Guid("00000000-0000-7000-8000-00000000000f"));
    public static readonly Actor Till = Actor.Of(new TerminalId(new Guid("00000000-0000-7000-8000-00000000000d")));

    private readonly TestDatabase test;

    private LedgerHouse(TestDatabase test, TestClock clock, MyKey.Ledger.Ledger ledger) => (this.test, Clock, Ledger) = (test, clock, ledger);

    public TestClock Clock { get; }

    public MyKey.Ledger.Ledger Ledger { get; }

    public Database Database => test.Database;

    public TestDatabase Test => test;

    public LedgerReading Reading => new(Database, Ledger.Buckets);

    public static async Task<LedgerHouse> New(Engine engine, LedgerOptions? options = null)
    {
        var test = await TestDatabase.New(engine);
        var clock = new TestClock();
        return new LedgerHouse(test, clock, await MyKey.Ledger.Ledger.Open(test.Database, clock, Buckets.Default, options));
    }

    public static CitizenId NewCitizen() => Ids.NewRandom<CitizenId>();

    public TransferId NewId() => Ids.New<TransferId>(Clock);

    public async Task<Result<Posted>> Grant(CitizenId citizen, long amount, int days = 365, MunicipalityCode? issuer = null, Actor? actor = null) =>
        await Ledger.Post(Transfer.Grant(NewId(), citizen, issuer ?? A, new Points(amount), Programme,
            new NewLot(Clock.Today().AddDays(days), new LotSource(SourceKind.Grant)), actor ?? Till));

    public async Task<Result<Posted>> Use(CitizenId citizen, long amount, TransferId? id = null, AcceptorId? shop = null, MunicipalityCode? issuer = null, ConsumeOrder order = default) =>
        await Ledger.Post(Transfer.Use(id ?? NewId(), citizen, issuer ?? A, new Points(amount), shop ?? Shop, Till) with { Order = order, Settings = $"consume.order={order}" });

    public async Task<Result<Posted>> Cancel(Posted use, AcceptorId? shop = null, TransferId? id = null, ReturnRule? rule = null) =>
        await Ledger.Post(Transfer.Cancel(id ?? NewId(), use.Receipt.Bucket, use.Id, shop ?? Shop, rule ?? new ReturnRule(), Till));

    public async Task<Result<Posted>> Exchange(CitizenId citizen, long amount, PartnerId partner, int days = 365) =>
        await Ledger.Post(Transfer.Exchange(NewId(), citizen, A, new Points(amount), Lot(partner, days), Till));

    public async Task<Result<Posted>> Reserve(CitizenId citizen, long amount, PartnerId partner, int days = 14) =>
        await Ledger.Post(Transfer.Reserve(NewId(), citizen, new Points(amount), Lot(partner, days), Till));

    public async Task<Result<Posted>> MoveReserved(CitizenId citizen, long amount, int days = 365, TransferId? id = null) =>
        await Ledger.Post(Transfer.MoveReserved(id ?? NewId(), citizen, A, new Points(amount), Clock.Today().AddDays(days), Till));

    public async Task<Result<Posted>> TicketIssue(CitizenId citizen, long amount, TransferId? id = null) =>
        await Ledger.Post(Transfer.TicketIssue(id ?? NewId(), citizen, A, new Points(amount), Shop, Till));

    public async Task<Result<Posted>> TicketUse(CitizenId citizen, Posted issue, long? amount = null, TransferId? id = null) =>
        await Ledger.Post(Transfer.TicketUse(id ?? NewId(), citizen, Account.Ticket(A, issue.Id), amount is { } some ? new Points(some) : issue.Amount, OtherShop, Till));

    public async Task<Result<Posted>> TicketReturn(Posted issue, AcceptorId? office = null, TransferId? id = null) =>
        await Ledger.Post(Transfer.TicketReturn(id ?? NewId(), issue.Receipt.Bucket, issue.Id, office ?? Shop, Till));

    public async Task<Result<Posted>> Pledge(CitizenId citizen, long amount, TransferId? id = null) =>
        await Ledger.Post(Transfer.Pledge(id ?? NewId(), citizen, A, new Points(amount), Shop, Till));

    public async Task<Result<Posted>> Capture(CitizenId citizen, Posted pledge, long amount, TransferId? id = null, AcceptorId? shop = null) =>
        await Ledger.Post(Transfer.Capture(id ?? NewId(), citizen, Account.Pledge(A, pledge.Id), new Points(amount), shop ?? Shop, Till));

    public async Task<Result<Posted>> Release(Posted pledge, AcceptorId? shop = null, TransferId? id = null) =>
        await Ledger.Post(Transfer.Release(id ?? NewId(), pledge.Receipt.Bucket, pledge.Id, shop ?? Shop, Till));

    public async Task<Result<Posted>> Refund(Posted capture, long amount, AcceptorId? shop = null, TransferId? id = null) =>
        await Ledger.Post(Transfer.Refund(id ?? NewId(), capture.Receipt.Bucket, capture.Id, new Points(amount), shop ?? Shop, new ReturnRule(), Till));

    public async Task<long> Usable(CitizenId citizen, MunicipalityCode? issuer = null) =>
        (await Reading.Holdings(citizen, Clock.Today())).Where(h => h.Issuer == (issuer ?? A)).Sum(h => h.Usable.Value);

    /// <summary>What is left in each usable lot, in order of expiry.</summary>
    public async Task<long[]> Lots(CitizenId citizen) => [.. (await Reading.Holdings(citizen, Clock.Today())).SelectMany(h => h.Lots).Select(l => l.Remaining.Value)];

    private ExchangedLot Lot(PartnerId partner, int days) => new(Clock.Today().AddDays(days), partner, (2, 1));

    public Task<AuditReport> Audit() => new Audit(Database, Ledger.Buckets).Run();

    /// <summary>Ends the test's life only if everything still adds up.</summary>
    public async Task MustAddUp()
    {
        var report = await Audit();
        Assert.True(report.Holds, report.Broken);
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await test.DisposeAsync();
    }
}
