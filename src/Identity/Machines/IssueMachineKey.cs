using Dapper;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Machines;

/// <param name="Key"><c>mk_live_…</c>, shown once; null while the request waits, and on a repeat.</param>
/// <param name="Applied">false while it waits for a second person.</param>
public sealed record MachineKeyAsked(Guid Id, bool Applied, MachineId Machine, string? Key, long? ExpiresMs);

/// <summary>A key that waits for a second person.</summary>
public sealed record WaitingMachineKey(NewMachineKey Wanted, StaffId Maker, long MadeMs);

/// <summary>Issues keys of machines. One of the office asks (for a partner an operator), another, or an operator, approves and gets the key to hand over: keys are four-eyes themselves (identity.md).</summary>
public sealed class IssueMachineKey(Database database, TimeProvider clock, OperationLog log)
{
    private const string Columns = "select id, maker, machine, municipality, holder, label, scopes, networks, valid_days, state, made_ms from idn_machine_key_change";

    /// <returns>
    /// That it waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> for a machine of somebody else, <c>key_limit</c> when two are
    /// live, <c>id_reused</c>, and the refusals of <see cref="NewMachineKey.Check"/>.
    /// </returns>
    public async Task<Result<MachineKeyAsked>> Ask(StaffMember maker, Session session, NewMachineKey asked, CancellationToken stop = default)
    {
        if ((asked.Municipality == MunicipalityCode.Pool ? maker.Require(Role.Operator) : maker.Require(Role.TerminalAdmin, asked.Municipality)).Refused is { } no) return no;
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        var read = asked.Check();
        if (read.Refused is { } wrong) return wrong;
        return await database.WriteOrRefuse<MachineKeyAsked>(async tx =>
        {
            await Lock(tx);
            var wanted = read.Value;
            if (await One(tx, wanted.Id) is { } before) return Again(maker, wanted, before);
            if (wanted.Machine is { } known && !await IsOf(tx, known, wanted)) return Refusal.Of("not_found");
            wanted = wanted with { Machine = wanted.Machine ?? Ids.New<MachineId>(clock) };
            if (await Live(tx, wanted.Machine!.Value) >= 2) return Refusal.Of("key_limit");
            await Store(tx, maker, wanted);
            await log.Write(tx, new Operation("machine_key.proposed", Actor.Of(maker.Id), wanted.Machine!.Value.Value, After: wanted.Describe()));
            return new MachineKeyAsked(wanted.Id, false, wanted.Machine!.Value, null, null);
        }, stop);
    }

    /// <returns>The key, once; <c>four_eyes</c> for whoever asked for it, <c>not_found</c> when it no longer waits, <c>role_forbidden</c>, <c>confirm_required</c>, <c>key_limit</c>.</returns>
    public async Task<Result<MachineKeyAsked>> Approve(StaffMember approver, Session session, Guid id, CancellationToken stop = default)
    {
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        return await database.WriteOrRefuse<MachineKeyAsked>(async tx =>
        {
            await Lock(tx);
            var taken = await Take(tx, approver, id, decision: 2);
            if (taken.Refused is { } no) return no;
            return await Live(tx, taken.Value.Wanted.Machine!.Value) >= 2 ? Refusal.Of("key_limit") : await Issue(tx, approver, taken.Value.Wanted);
        }, stop);
    }

    /// <summary>Turns a waiting request down; its maker may, too.</summary>
    /// <returns><c>not_found</c>, <c>role_forbidden</c>.</returns>
    public Task<Result<bool>> Refuse(StaffMember by, Guid id, CancellationToken stop = default) => database.WriteOrRefuse<bool>(async tx =>
    {
        var taken = await Take(tx, by, id, decision: 3);
        if (taken.Refused is { } no) return no;
        await log.Write(tx, new Operation("machine_key.refused", Actor.Of(by.Id), taken.Value.Wanted.Machine!.Value.Value, Before: taken.Value.Wanted.Describe()));
        return true;
    }, stop);

    /// <summary>What waits in a municipality, or with null everywhere.</summary>
    public async Task<IReadOnlyList<WaitingMachineKey>> Waiting(MunicipalityCode? municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 1 and (@Place = '' or municipality = @Place) order by made_ms, id", new { Place = municipality?.Value ?? "" })).Select(r => r.Read())];
    }

    private async Task<MachineKeyAsked> Issue(Transaction tx, StaffMember by, NewMachineKey wanted)
    {
        var (token, now) = (Token.New(prefix: MachineKeys.Prefix), clock.NowMs());
        var expiresMs = now + wanted.ValidDays * Jst.DayMs;
        await tx.Connection.ExecuteAsync("""
            insert into idn_machine_key(id, machine, municipality, holder, label, scopes, networks, key_hash, created_ms, expires_ms)
            values (@Id, @Machine, @Municipality, @Holder, @Label, @Scopes, @Networks, @Hash, @Now, @ExpiresMs)
            """, new
        {
            wanted.Id, wanted.Machine, wanted.Municipality, wanted.Holder, wanted.Label, Scopes = string.Join(' ', wanted.Scopes), Networks = string.Join(' ', wanted.Networks),
            token.Hash, Now = now, ExpiresMs = expiresMs,
        }, tx.Handle);
        await log.Write(tx, new Operation("machine_key.issued", Actor.Of(by.Id), wanted.Machine!.Value.Value, After: wanted.Describe()));
        return new MachineKeyAsked(wanted.Id, true, wanted.Machine!.Value, token.Text, expiresMs);
    }

    private Task Store(Transaction tx, StaffMember maker, NewMachineKey wanted) => tx.Connection.ExecuteAsync("""
        insert into idn_machine_key_change(id, maker, machine, municipality, holder, label, scopes, networks, valid_days, state, made_ms)
        values (@Id, @Maker, @Machine, @Municipality, @Holder, @Label, @Scopes, @Networks, @ValidDays, 1, @Now)
        """, new
    {
        wanted.Id, Maker = maker.Id, wanted.Machine, wanted.Municipality, wanted.Holder, wanted.Label, Scopes = string.Join(' ', wanted.Scopes),
        Networks = string.Join(' ', wanted.Networks), wanted.ValidDays, Now = clock.NowMs(),
    }, tx.Handle);

    private static Result<MachineKeyAsked> Again(StaffMember maker, NewMachineKey wanted, Row before)
    {
        var stored = before.Read().Wanted;
        var same = before.Maker == maker.Id && stored.Describe() == wanted.Describe() && (stored.Label, stored.Holder) == (wanted.Label, wanted.Holder) && (wanted.Machine is null || wanted.Machine == stored.Machine);
        return same ? new MachineKeyAsked(wanted.Id, before.State == 2, before.Machine, null, null) : Refusal.Of("id_reused");
    }

    private static async Task<Result<WaitingMachineKey>> Take(Transaction tx, StaffMember by, Guid id, int decision)
    {
        var rows = await tx.Connection.ExecuteAsync("update idn_machine_key_change set state = @Decision, decided_by = @By where id = @Id and state = 1", new { Decision = decision, By = by.Id, Id = id }, tx.Handle);
        if (rows == 0) return Refusal.Of("not_found");
        var waiting = Must.Have(await One(tx, id), "a request that was taken is there").Read();
        if (MachineKeys.MayHandle(by, waiting.Wanted.Municipality) is { } no) return no;
        return decision == 2 && waiting.Maker == by.Id ? Refusal.Of("four_eyes") : waiting;
    }

    private Task<int> Live(Transaction tx, MachineId machine) => tx.Connection.QuerySingleAsync<int>(
        "select count(*) from idn_machine_key where machine = @machine and revoked_ms is null and expires_ms > @Now", new { machine, Now = clock.NowMs() }, tx.Handle);

    /// <summary>A further key is for the same shop in the same municipality.</summary>
    private static async Task<bool> IsOf(Transaction tx, MachineId machine, NewMachineKey wanted)
    {
        var known = await tx.Connection.QueryFirstOrDefaultAsync<(string Municipality, Guid? Holder)?>("select municipality, holder from idn_machine_key where machine = @machine limit 1", new { machine }, tx.Handle);
        return known is { } found && found.Municipality == wanted.Municipality.Value && found.Holder == wanted.Holder;
    }

    private static Task<Row?> One(Transaction tx, Guid id) => tx.Connection.QuerySingleOrDefaultAsync<Row?>($"{Columns} where id = @id", new { id }, tx.Handle);

    private static Task Lock(Transaction tx) =>
        tx.Engine == Engine.Postgres ? tx.Connection.ExecuteAsync("lock table idn_machine_key in share row exclusive mode", transaction: tx.Handle) : Task.CompletedTask;

    private sealed class Row
    {
        public Guid Id { get; init; }
        public StaffId Maker { get; init; }
        public MachineId Machine { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public Guid? Holder { get; init; }
        public string Label { get; init; } = "";
        public string Scopes { get; init; } = "";
        public string Networks { get; init; } = "";
        public int ValidDays { get; init; }
        public int State { get; init; }
        public long MadeMs { get; init; }

        public WaitingMachineKey Read() => new(new NewMachineKey(Id, Machine, Municipality, Holder, Label, Scopes.Split(' '), Networks.Split(' ', StringSplitOptions.RemoveEmptyEntries), ValidDays), Maker, MadeMs);
    }
}
