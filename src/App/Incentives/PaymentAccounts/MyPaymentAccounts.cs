using Dapper;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.Identity;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.PaymentAccounts;

/// <summary>An account as a citizen types it (S1-25b): all three are needed.</summary>
/// <param name="SecurityCode">Proves at the service that it is his; goes there once and is kept nowhere.</param>
public sealed record TypedAccount(Guid? Service, string? ServiceId, string? SecurityCode)
{
    /// <summary>Not the code.</summary>
    public override string ToString() => $"{Service}";
}

/// <summary>
/// The accounts of citizens at payment services: registered with the service's own yes (S1-25b, S1-25c), one service ID to one citizen (S1-39, S1-15c), removed by the citizen, marked when the service says
/// that it no longer knows one (S1-43).
/// </summary>
public sealed class MyPaymentAccounts(Database database, Buckets buckets, FindPaymentServices services, ServiceCalls calls, AccountSecrets secrets, Tries tries, OperationLog log, TimeProvider clock)
{
    public const int Most = 20;

    private const int LongestCode = 64;

    private const string All = "select id, citizen, service, tail, state, made_ms from inc_payment_account where bucket = @Bucket and citizen = @citizen and state <> 'removed'";

    private const string Insert = """
        insert into inc_payment_account(bucket, citizen, id, service, number, number_hash, account, tail, state, made_ms)
        values (@Bucket, @Citizen, @Id, @Service, @Number, @Hash, @Account, @Tail, 'live', @Now) on conflict do nothing
        """;

    private const string Renew = """
        update inc_payment_account set number = @Number, account = @Account, state = 'live' where bucket = @Bucket and citizen = @Citizen and id = @Id and state <> 'removed'
        """;

    private const string Same = "select id from inc_payment_account where bucket = @Bucket and citizen = @Citizen and service = @Service and number_hash = @Hash";

    private const string Forget = """
        update inc_payment_account set number = @Nothing, number_hash = null, account = @Nothing, tail = '', state = 'removed' where bucket = @Bucket and citizen = @citizen and id = @id and state <> 'removed'
        """;

    // One that is removed stays so; the row is there either way.
    private const string Mark = """
        update inc_payment_account set state = case when state = 'live' then 'invalid' else state end where bucket = @AccountBucket and citizen = @AccountCitizen and id = @AccountId
        """;

    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 900_000, ForgetMs: Jst.DayMs);

    /// <summary>In the order in which they were registered.</summary>
    public async Task<IReadOnlyList<PaymentAccount>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} order by made_ms, id", new { Bucket = buckets.Of(citizen.Value), citizen })).Select(r => r.Read())];
    }

    /// <summary>The service's own word for an account of a citizen that is live.</summary>
    internal async Task<string?> WordOf(CitizenId citizen, Guid id, CancellationToken stop)
    {
        byte[]? wrapped;
        await using (var connection = await database.Open(stop))
            wrapped = await connection.QuerySingleOrDefaultAsync<byte[]>("select account from inc_payment_account where bucket = @Bucket and citizen = @citizen and id = @id and state = 'live'", new { Bucket = buckets.Of(citizen.Value), citizen, id });
        return wrapped is null ? null : await secrets.Open(wrapped, id, stop);
    }

    /// <returns>
    /// The account, also the one that is there already; <c>step_up_required</c> without card and PIN, <c>field_required</c> (field), <c>service_auth_failed</c> for a pair that the service does not know,
    /// <c>service_throttled</c> (wait), <c>service_id_taken</c> for somebody else's without telling whose, <c>service_silent</c>, <c>not_found</c> for a service that is none, <c>counter_unsupported</c> (service) at a support desk for one that does not register there (S3-13), <c>account_limit</c> (most), and
    /// what free text is refused for.
    /// </returns>
    public async Task<Result<PaymentAccount>> Add(Session session, CitizenId citizen, TypedAccount typed, CancellationToken stop = default)
    {
        if (!session.RequireCard().Ok) return Refusal.Of("step_up_required");
        if (typed.Service is not { } chosen) return Refusal.Of("field_required", ("field", "service"));
        var number = ServiceId.Read(typed.ServiceId);
        if (number.Refused is { } unreadable) return unreadable;
        var code = Typed.HalfWidth(typed.SecurityCode);
        if (code.Length == 0) return Refusal.Of("field_required", ("field", "securityCode"));
        if (await services.Find(new PaymentServiceId(chosen), stop) is not { IsOn: true } service) return Refusal.Of("not_found");
        if (session.IsSitting && !service.Counter) return Refusal.Of("counter_unsupported", ("service", service.Name));
        var mine = await Of(citizen, stop);
        if (mine.Count >= Most) return Refusal.Of("account_limit", ("most", Most));
        var verified = await Verify(service, citizen, number.Value, code, stop);
        return verified.Refused is { } no ? no : await Keep(service, citizen, number.Value, verified.Value, stop);
    }

    /// <returns>Whether there was one.</returns>
    public Task<bool> Remove(CitizenId citizen, Guid id, CancellationToken stop = default) => database.Write(tx => Remove(tx, citizen, id), stop);

    /// <summary>All accounts of an ID that is given up.</summary>
    internal async Task RemoveAll(Transaction tx, CitizenId citizen)
    {
        foreach (var one in await tx.Connection.QueryAsync<Row>($"{All} order by id", new { Bucket = buckets.Of(citizen.Value), citizen }, tx.Handle)) await Remove(tx, citizen, one.Id);
    }

    /// <summary>The mark, in the transaction that gives the points back (S1-43).</summary>
    internal Ledger.Companion MarkInvalid(CitizenId citizen, Guid id) =>
        new(Mark, [("AccountBucket", buckets.Of(citizen.Value)), ("AccountCitizen", citizen), ("AccountId", id)], 1, Refusal.Of("busy"));

    private async Task<bool> Remove(Transaction tx, CitizenId citizen, Guid id)
    {
        var rows = await tx.Connection.ExecuteAsync(Forget, new { Bucket = buckets.Of(citizen.Value), citizen, id, Nothing = Array.Empty<byte>() }, tx.Handle);
        if (rows == 1) await log.Write(tx, new Operation("payment_account.removed", Actor.Of(citizen), id, citizen));
        return rows == 1;
    }

    /// <summary>Wrong pairs slow the next try of this citizen down, and the next try at this service ID, whoever makes it.</summary>
    private async Task<Result<string>> Verify(PaymentService service, CitizenId citizen, ServiceId number, string code, CancellationToken stop)
    {
        TryKey[] keys = [TryKey.Of("payment-account", citizen.Value.ToString("N")), TryKey.Of("payment-account.id", service.Id.Value.ToString("N"), number.Text)];
        foreach (var key in keys)
        {
            var waitMs = await database.Write(tx => tries.Reserve(tx, key, Rule), stop);
            if (waitMs > 0) return Refusal.Of("service_throttled", ("wait", Tries.Seconds(waitMs)));
        }
        var verified = code.Length > LongestCode ? Refusal.Of("service_auth_failed") : await calls.Verify(service, number.Text, code, stop);
        foreach (var key in keys)
        {
            if (verified.Ok) await database.Write(tx => tries.Clear(tx, key), stop);
            else if (verified.Refused!.Code == "service_silent") await database.Write(tx => tries.GiveBack(tx, key), stop);
        }
        return verified;
    }

    private async Task<Result<PaymentAccount>> Keep(PaymentService service, CitizenId citizen, ServiceId number, string word, CancellationToken stop)
    {
        var id = Ids.NewV7(clock);
        var hash = await secrets.Hash(service.Id, number, stop);
        var (wrappedNumber, wrappedWord) = (await secrets.Wrap(number.Text, id, stop), await secrets.Wrap(word, id, stop));
        var row = new { Bucket = buckets.Of(citizen.Value), Citizen = citizen, Id = id, Service = service.Id, Number = wrappedNumber, Hash = hash, Account = wrappedWord, number.Tail, Now = clock.NowMs() };
        var kept = await database.WriteOrRefuse<Guid>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 1)
            {
                await log.Write(tx, new Operation("payment_account.made", Actor.Of(citizen), id, citizen, After: service.Id.Value.ToString()));
                return id;
            }
            return await tx.Connection.QuerySingleOrDefaultAsync<Guid?>(Same, row, tx.Handle) is { } known ? known : Refusal.Of("service_id_taken");
        }, stop);
        if (kept.Refused is { } taken) return taken;
        if (kept.Value != id) await Again(citizen, kept.Value, number, word, stop);
        return Must.Have((await Of(citizen, stop)).FirstOrDefault(a => a.Id == kept.Value), "an account that was kept is there");
    }

    /// <summary>The same one again: what the service says now holds, and one that was invalid is live.</summary>
    private async Task Again(CitizenId citizen, Guid id, ServiceId number, string word, CancellationToken stop)
    {
        var row = new { Bucket = buckets.Of(citizen.Value), Citizen = citizen, Id = id, Number = await secrets.Wrap(number.Text, id, stop), Account = await secrets.Wrap(word, id, stop) };
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Renew, row, tx.Handle) == 1) await log.Write(tx, new Operation("payment_account.renewed", Actor.Of(citizen), id, citizen));
        }, stop);
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public CitizenId Citizen { get; init; }
        public PaymentServiceId Service { get; init; }
        public string Tail { get; init; } = "";
        public string State { get; init; } = "";
        public long MadeMs { get; init; }

        public PaymentAccount Read() => new(Id, Citizen, Service, Tail, Words<AccountState>.Stored(State), MadeMs);
    }
}
