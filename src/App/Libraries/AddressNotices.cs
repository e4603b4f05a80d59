using System.Globalization;
using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Addresses;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Libraries;

/// <summary>What a provider is told of a move: its own number, and the day (S0-5014c).</summary>
public sealed record AddressNotice(Guid Id, string Number, DateOnly ChangedOn, long RaisedMs);

/// <summary>現住所の変更通知 at the provider that wants it: a list until somebody there has looked.</summary>
public sealed class AddressNotices(Database database, OperationLog log, TimeProvider clock)
{
    public const int Shown = 200;

    private const string Unseen = "select id, number, changed_on, raised_ms from lib_address_notice where provider = @Provider and seen_ms is null order by raised_ms, id limit @Shown";

    private const string Mark = "update lib_address_notice set seen_ms = @Now where id = @id and provider = @Provider and seen_ms is null returning citizen";

    private const string There = "select count(*) from lib_address_notice where id = @id and provider = @Provider";

    /// <returns>Those that nobody has looked at, the oldest first; or <c>role_forbidden</c>.</returns>
    public async Task<Result<IReadOnlyList<AddressNotice>>> Open(ProviderDesk desk, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.MakeLink).Refused is { } forbidden) return forbidden;
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<Row>(Unseen, new { Provider = desk.Provider.Id, Shown })).Select(r => new AddressNotice(r.Id, r.Number, r.ChangedOn, r.RaisedMs)).ToList();
    }

    /// <returns>False when somebody had looked before; <c>not_found</c> also for another provider's.</returns>
    public async Task<Result<bool>> See(ProviderDesk desk, Guid id, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.MakeLink).Refused is { } forbidden) return forbidden;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            var row = new { id, Provider = desk.Provider.Id, Now = clock.NowMs() };
            if (await tx.Connection.QuerySingleOrDefaultAsync<CitizenId?>(Mark, row, tx.Handle) is not { } citizen)
                return await tx.Connection.ExecuteScalarAsync<long>(There, row, tx.Handle) > 0 ? false : Refusal.Of("not_found");
            await log.Write(tx, new Operation("address_notice.seen", desk.Device.Actor, desk.Provider.Id.Value, citizen, desk.Device.Id));
            return true;
        }, stop);
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Number { get; init; } = "";
        public DateOnly ChangedOn { get; init; }
        public long RaisedMs { get; init; }
    }
}

/// <summary>
/// Asks the authority whether the address of a citizen has changed who came with his card and has a link whose provider wants to know. The login does not wait for it,
/// and a lost answer is asked for until there is one.
/// </summary>
public sealed class AskAddressChanges(HttpAddressChanges authority, Database database, Buckets buckets, OperationLog log, TimeProvider clock) : IJob
{
    private const int AtOnce = 50;
    private const long AgainMs = 5 * 60_000;

    private const string Wanted = "select count(*) from lib_link where bucket = @Bucket and citizen = @citizen and notice = 1";

    private const string Put = """
        insert into lib_address_ask(bucket, citizen, authority, serial, made_ms, next_ms) values (@Bucket, @citizen, @Authority, @Serial, @Now, @Now)
        on conflict(bucket, citizen) do update set authority = excluded.authority, serial = excluded.serial, made_ms = excluded.made_ms, next_ms = excluded.next_ms
        """;

    private const string Due = "select bucket, citizen, authority, serial, made_ms from lib_address_ask where next_ms <= @Now order by next_ms limit @AtOnce";

    // What was known when the link was made is no news; whom the citizen shows no number hears nothing either.
    private const string Flagged = """
        select provider, number, made_ms from lib_link l where l.bucket = @Bucket and l.citizen = @Citizen and l.notice = 1
          and not exists (select 1 from lib_block b where b.bucket = l.bucket and b.citizen = l.citizen and b.provider = l.provider) order by provider
        """;

    private const string Raise = """
        insert into lib_address_notice(bucket, citizen, provider, changed_on, id, number, raised_ms) values (@Bucket, @Citizen, @Provider, @ChangedOn, @Id, @Number, @Now) on conflict do nothing
        """;

    public string Name => "ask-address-changes";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    /// <summary>In the transaction of a login by card.</summary>
    internal async Task CameIn(Transaction tx, CitizenId citizen, AuthCertificate certificate)
    {
        var row = new { Bucket = buckets.Of(citizen.Value), citizen, certificate.Authority, certificate.Serial, Now = clock.NowMs() };
        if (await tx.Connection.ExecuteScalarAsync<long>(Wanted, row, tx.Handle) > 0) await tx.Connection.ExecuteAsync(Put, row, tx.Handle);
    }

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        List<Ask> due;
        await using (var connection = await database.Open(stop))
            due = [.. await connection.QueryAsync<Ask>(Due, new { Now = clock.NowMs(), AtOnce })];
        var (raised, silent) = (0, 0);
        foreach (var ask in due)
        {
            var answer = await authority.Of(ask.Authority, ask.Serial, stop);
            if (!answer.Known) silent++;
            raised += await database.Write(tx => Settle(tx, run, ask, answer), stop);
        }
        return new JobResult(string.Create(CultureInfo.InvariantCulture, $"raised {raised}; asked {due.Count}; silent {silent}"), More: due.Count == AtOnce && silent == 0, Ok: silent == 0);
    }

    private async Task<int> Settle(Transaction tx, JobRun run, Ask ask, AddressAnswer answer)
    {
        if (!answer.Known)
        {
            await tx.Connection.ExecuteAsync("update lib_address_ask set next_ms = @Next where bucket = @Bucket and citizen = @Citizen and made_ms = @MadeMs",
                new { ask.Bucket, ask.Citizen, ask.MadeMs, Next = clock.NowMs() + AgainMs }, tx.Handle);
            return 0;
        }
        // Whoever came again meanwhile is asked about again.
        await tx.Connection.ExecuteAsync("delete from lib_address_ask where bucket = @Bucket and citizen = @Citizen and made_ms = @MadeMs", ask, tx.Handle);
        if (answer.ChangedOn is not { } day) return 0;
        var raised = 0;
        foreach (var link in (await tx.Connection.QueryAsync<(ServiceProviderId Provider, string Number, long MadeMs)>(Flagged, ask, tx.Handle)).Where(l => day >= Jst.Day(l.MadeMs)).ToList())
        {
            var row = new { ask.Bucket, ask.Citizen, link.Provider, ChangedOn = day, Id = Ids.NewV7(clock), link.Number, Now = clock.NowMs() };
            if (await tx.Connection.ExecuteAsync(Raise, row, tx.Handle) == 0) continue;
            await log.Write(tx, new Operation("address_notice.raised", run.Actor, link.Provider.Value, ask.Citizen, After: $"{day:yyyy-MM-dd}"));
            raised++;
        }
        return raised;
    }

    private sealed class Ask
    {
        public int Bucket { get; init; }
        public CitizenId Citizen { get; init; }
        public string Authority { get; init; } = "";
        public string Serial { get; init; } = "";
        public long MadeMs { get; init; }
    }
}
