using Dapper;
using MyKey.Identity.Passkeys;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Staffing;

public enum StaffChangeKind { Invite = 1, GiveRole = 2, TakeRole = 3, End = 4, InviteAgain = 5 }

/// <summary>A change of staff or roles.</summary>
/// <param name="Number">For Invite: the new member's number.</param>
/// <param name="Staff">For the others: whom it concerns.</param>
/// <param name="Role">For Invite, GiveRole, TakeRole.</param>
/// <param name="Id">Made by the caller: the same again proposes nothing new.</param>
public sealed record StaffChange(StaffChangeKind Kind, StaffId? Staff = null, string? Number = null, Role? Role = null, MunicipalityCode? Municipality = null, Guid? Id = null);

/// <param name="Applied">false while the change waits for a second person.</param>
/// <param name="EnrolToken">After an invitation was applied: for the enrolment URL; shown once.</param>
/// <param name="EnrolCode">Of an invitation that waits: its maker tells these 6 digits to whom he invites; whoever approves never sees them.</param>
public sealed record StaffChanged(Guid Change, bool Applied, StaffId? Staff, string? EnrolToken, string? EnrolCode = null);

/// <summary>A change that waits.</summary>
public sealed record OpenStaffChange(Guid Id, StaffId Maker, StaffChange Change, long MadeMs);

/// <summary>
/// Changes staff and roles. Four eyes once two operators have enrolled: one proposes, another approves, and nobody approves what
/// concerns himself (V-D3). Operators change everything; a StaffAdmin the roles of the own municipality.
/// </summary>
public sealed class ChangeStaff(Database database, TimeProvider clock, OpenSessions sessions, InvitationCodes codes, OperationLog log)
{
    private const string OpenChanges = "select id, maker, kind, staff, number, role, municipality, made_ms from idn_staff_change where state = 1";

    /// <returns>Applied at once with fewer than two operators, else waiting; <c>role_forbidden</c>, <c>number_format</c>, <c>field_required</c>, <c>not_found</c>, <c>confirm_required</c>, <c>id_reused</c>.</returns>
    public async Task<Result<StaffChanged>> Propose(StaffMember maker, Session session, StaffChange change, CancellationToken stop = default)
    {
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        var checkedChange = Check(change);
        if (checkedChange.Refused is { } no) return no;
        change = checkedChange.Value;
        // Of an invitation: whether another person makes it hold, so that its maker has digits to tell.
        var byTwo = false;
        var proposed = await database.WriteOrRefuse<StaffChanged>(async tx =>
        {
            if (await MayChange(tx, maker, change) is { } forbidden) return forbidden;
            var id = change.Id ?? Ids.NewV7(clock);
            if (await tx.Connection.QuerySingleOrDefaultAsync<Row>("select id, maker, kind, staff, number, role, municipality, state, decided_by, made_ms from idn_staff_change where id = @Id", new { Id = id }, tx.Handle) is { } there)
            {
                byTwo = there.State is 1 or 2 && there.DecidedBy != there.Maker;
                return (there.Maker, there.Read().Change) == (maker.Id, change with { Id = null }) ? new StaffChanged(id, there.State == 2, change.Staff, null) : Refusal.Of("id_reused");
            }
            var alone = await Operators(tx) < 2 && maker.Holds(Role.Operator);
            await tx.Connection.ExecuteAsync("""
                insert into idn_staff_change(id, maker, kind, staff, number, role, municipality, state, decided_by, made_ms)
                values (@Id, @Maker, @Kind, @Staff, @Number, @Role, @Municipality, @State, @By, @Now)
                """, new
            {
                Id = id, Maker = maker.Id, change.Kind, change.Staff, change.Number, Role = change.Role is { } r ? Roles.Name(r) : null,
                Municipality = change.Municipality?.Value ?? "", State = alone ? 2 : 1, By = alone ? maker.Id : (StaffId?)null, Now = clock.NowMs(),
            }, tx.Handle);
            if (alone) return await Apply(tx, (id, maker.Id, true), change);
            byTwo = true;
            await log.Write(tx, new Operation("staff.change_proposed", Actor.Of(maker.Id), id, After: Describe(change)));
            return new StaffChanged(id, false, change.Staff, null);
        }, stop);
        var invites = change.Kind is StaffChangeKind.Invite or StaffChangeKind.InviteAgain;
        return proposed.Ok && invites && byTwo ? proposed.Value with { EnrolCode = await codes.Of(proposed.Value.Change, stop) } : proposed;
    }

    /// <returns><c>four_eyes</c> for the maker and for whom it concerns; <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<StaffChanged>> Approve(StaffMember approver, Session session, Guid change, CancellationToken stop = default)
    {
        if (ConfirmTotp.Require(session, clock).Refused is { } again) return again;
        return await database.WriteOrRefuse<StaffChanged>(async tx =>
        {
            var taken = await TakeOpen(tx, approver, change, decision: 2);
            return taken.Refused is { } no ? no : await Apply(tx, (change, approver.Id, false), taken.Value.Change);
        }, stop);
    }

    /// <summary>Turns a waiting change down; its maker may, too.</summary>
    public Task<Result<bool>> Refuse(StaffMember by, Guid change, CancellationToken stop = default) =>
        database.WriteOrRefuse<bool>(async tx =>
        {
            var taken = await TakeOpen(tx, by, change, decision: 3);
            if (taken.Refused is { } no) return no;
            await log.Write(tx, new Operation("staff.change_refused", Actor.Of(by.Id), change, Before: Describe(taken.Value.Change)));
            return true;
        }, stop);

    public async Task<IReadOnlyList<OpenStaffChange>> Waiting(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{OpenChanges} order by made_ms, id")).Select(r => r.Read())];
    }

    /// <summary>Operators who have enrolled.</summary>
    internal static Task<int> Operators(Transaction tx) =>
        tx.Connection.QuerySingleAsync<int>("select count(*) from idn_staff s join idn_staff_role r on r.staff = s.id where s.state = 2 and r.role = 'operator'", transaction: tx.Handle);

    private static Result<StaffChange> Check(StaffChange change)
    {
        var withRole = change.Kind is StaffChangeKind.Invite or StaffChangeKind.GiveRole or StaffChangeKind.TakeRole;
        if (withRole && (change.Role is not { } role || Roles.IsOfPlatform(role) == change.Municipality.HasValue)) return Refusal.Of("field_required");
        if (change.Kind != StaffChangeKind.Invite) return change.Staff is null ? Refusal.Of("field_required") : change with { Number = null };
        return StaffNumber.Read(change.Number).Then<StaffChange>(n => change with { Number = n, Staff = null });
    }

    private static async Task<Refusal?> MayChange(Transaction tx, StaffMember maker, StaffChange change)
    {
        var member = change.Staff is { } id ? await FindStaff.Get(tx.Connection, tx.Handle, id) : null;
        if (change.Staff is not null && member is not { State: not StaffState.Ended }) return Refusal.Of("not_found");
        if (maker.Holds(Role.Operator)) return null;
        // A municipality's own admin touches roles of that municipality, and members who have no others.
        var places = member is null || change.Kind is StaffChangeKind.GiveRole or StaffChangeKind.TakeRole ? [] : member.Roles.Select(r => r.Municipality);
        var own = places.Concat(change.Role is null ? [] : [change.Municipality]).ToList();
        return own.Count > 0 && own.All(m => m is not null && maker.Holds(Role.StaffAdmin, m)) ? null : Refusal.Of("role_forbidden");
    }

    private static async Task<Result<OpenStaffChange>> TakeOpen(Transaction tx, StaffMember by, Guid id, int decision)
    {
        var rows = await tx.Connection.ExecuteAsync("update idn_staff_change set state = @Decision, decided_by = @By where id = @Id and state = 1", new { Decision = decision, By = by.Id, Id = id }, tx.Handle);
        if (rows == 0) return Refusal.Of("not_found");
        var row = await tx.Connection.QuerySingleAsync<Row>("select id, maker, kind, staff, number, role, municipality, made_ms from idn_staff_change where id = @Id", new { Id = id }, tx.Handle);
        var open = row.Read();
        if (decision == 2 && (open.Maker == by.Id || open.Change.Staff == by.Id)) return Refusal.Of("four_eyes");
        if (open.Maker != by.Id && await MayChange(tx, by, open.Change) is { } no) return no;
        return open;
    }

    /// <param name="of">The change, who makes it hold, and whether he is alone: then nobody else has a part of an invitation.</param>
    private async Task<Result<StaffChanged>> Apply(Transaction tx, (Guid Id, StaffId By, bool Alone) of, StaffChange change)
    {
        var (id, by) = (of.Id, of.By);
        var done = change.Kind switch
        {
            StaffChangeKind.Invite => await Invite(tx, (id, of.Alone), change),
            StaffChangeKind.InviteAgain => await InviteAgain(tx, (id, of.Alone), change.Staff!.Value),
            StaffChangeKind.GiveRole => await GiveRole(tx, id, change.Staff!.Value, change),
            StaffChangeKind.TakeRole => await TakeRole(tx, id, change),
            _ => await End(tx, id, change.Staff!.Value),
        };
        if (done.Ok) await log.Write(tx, new Operation(Action(change.Kind), Actor.Of(by), done.Value.Staff!.Value.Value, After: Describe(change)));
        return done;
    }

    private async Task<Result<StaffChanged>> Invite(Transaction tx, (Guid Id, bool Alone) of, StaffChange change)
    {
        var (staff, token) = (Ids.New<StaffId>(clock), NewToken(of));
        var rows = await tx.Connection.ExecuteAsync("""
            insert into idn_staff(id, number, state, enrol_hash, enrol_until_ms, created_ms) values (@Id, @Number, 1, @Hash, @Until, @Now) on conflict(number) do nothing
            """, new { Id = staff, change.Number, token.Hash, Until = clock.NowMs() + EnrolStaff.UrlLifeMs, Now = clock.NowMs() }, tx.Handle);
        if (rows == 0) return Refusal.Of("staff_number_taken");
        await GiveRole(tx, of.Id, staff, change);
        return new StaffChanged(of.Id, true, staff, token.Text);
    }

    /// <summary>A lost phone or password: all sessions end, both factors are set anew, the passkeys are gone.</summary>
    private async Task<Result<StaffChanged>> InviteAgain(Transaction tx, (Guid Id, bool Alone) of, StaffId staff)
    {
        var token = NewToken(of);
        await tx.Connection.ExecuteAsync("update idn_staff set state = 1, hash = null, totp = null, enrol_hash = @Hash, enrol_until_ms = @Until where id = @Id",
            new { Id = staff, token.Hash, Until = clock.NowMs() + EnrolStaff.UrlLifeMs }, tx.Handle);
        await OwnPasskeys.EndAll(tx, staff);
        await sessions.EndAll(tx, staff);
        return new StaffChanged(of.Id, true, staff, token.Text);
    }

    private static (string Text, byte[] Hash) NewToken((Guid Id, bool Alone) of)
    {
        var token = Token.New();
        return of.Alone ? (token.Text, token.Hash) : InvitationCodes.Bind((token.Text, token.Hash), of.Id);
    }

    private static async Task<Result<StaffChanged>> GiveRole(Transaction tx, Guid id, StaffId staff, StaffChange change)
    {
        await tx.Connection.ExecuteAsync("insert into idn_staff_role(staff, role, municipality) values (@Staff, @Role, @Municipality) on conflict do nothing",
            new { Staff = staff, Role = Roles.Name(change.Role!.Value), Municipality = change.Municipality?.Value ?? "" }, tx.Handle);
        return new StaffChanged(id, true, staff, null);
    }

    private static async Task<Result<StaffChanged>> TakeRole(Transaction tx, Guid id, StaffChange change)
    {
        await tx.Connection.ExecuteAsync("delete from idn_staff_role where staff = @Staff and role = @Role and municipality = @Municipality",
            new { change.Staff, Role = Roles.Name(change.Role!.Value), Municipality = change.Municipality?.Value ?? "" }, tx.Handle);
        return await LastOperatorStays(tx) is { } no ? no : new StaffChanged(id, true, change.Staff, null);
    }

    private async Task<Result<StaffChanged>> End(Transaction tx, Guid id, StaffId staff)
    {
        await tx.Connection.ExecuteAsync("update idn_staff set state = 3, enrol_hash = null where id = @Id", new { Id = staff }, tx.Handle);
        await OwnPasskeys.EndAll(tx, staff);
        await sessions.EndAll(tx, staff);
        return await LastOperatorStays(tx) is { } no ? no : new StaffChanged(id, true, staff, null);
    }

    private static async Task<Refusal?> LastOperatorStays(Transaction tx) => await Operators(tx) == 0 ? Refusal.Of("role_forbidden") : null;

    private static string Action(StaffChangeKind kind) => kind switch
    {
        StaffChangeKind.Invite or StaffChangeKind.InviteAgain => "staff.invited",
        StaffChangeKind.GiveRole => "staff.role_given",
        StaffChangeKind.TakeRole => "staff.role_taken",
        _ => "staff.ended",
    };

    private static string Describe(StaffChange change) =>
        string.Join(' ', new[] { change.Kind.ToString(), change.Number, change.Role is { } r ? Roles.Name(r) : null, change.Municipality?.Value }.Where(t => t is not null));

    private sealed class Row
    {
        public Guid Id { get; init; }

        public StaffId Maker { get; init; }

        public StaffChangeKind Kind { get; init; }

        public StaffId? Staff { get; init; }

        public string? Number { get; init; }

        public string? Role { get; init; }

        public string Municipality { get; init; } = "";

        public int State { get; init; }

        public StaffId? DecidedBy { get; init; }

        public long MadeMs { get; init; }

        public OpenStaffChange Read() => new(Id, Maker, new StaffChange(Kind, Staff, Number, Role is null ? null : Roles.Read(Role), Municipality.Length == 0 ? null : MunicipalityCode.Of(Municipality)), MadeMs);
    }
}
