using System.Security.Cryptography;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Proposals;

/// <summary>Whether a wish holds at once or waits.</summary>
/// <param name="Id">Null: it holds.</param>
public readonly record struct Proposed(Guid? Id);

/// <summary>
/// Changes on which points depend are proposed by one operator and approved by another, as soon as the platform has two (V-D3). With one alone they hold at once, and so
/// does what only makes something smaller: nobody has to wait to stop a thing.
/// </summary>
public sealed class ProposeChange(Database database, FindStaff staff, Kek kek, OperationLog log, TimeProvider clock)
{
    private const string Insert = """
        insert into pts_proposal(id, kind, subject, part, content, secret, hash, maker, made_ms, state) values (@Id, @Kind, @Subject, @Part, @Content, @Secret, @Hash, @Maker, @MadeMs, 'waiting')
        on conflict (kind, subject, part) where state = 'waiting' do nothing
        """;

    private const string Overtake = """
        update pts_proposal set state = 'overtaken', secret = null, decided_by = @By, decided_ms = @Now where kind = @Kind and subject = @Subject and part = @Part and state = 'waiting'
        """;

    /// <param name="smaller">It makes nothing bigger: it holds at once.</param>
    /// <returns>As the change's own rule, and <c>proposal_waits</c> when another change of the same thing waits.</returns>
    public async Task<Result<Proposed>> Run(StaffAtWork work, ReadyChange ready, bool smaller, CancellationToken stop)
    {
        if (smaller || await Alone(stop)) return await AtOnce(work, ready, stop);
        var draft = ready.Draft;
        var proposal = new Proposal(Ids.NewV7(clock), draft.Kind, draft.Subject, draft.Part, draft.Content, draft.Secret?.Wrapped, work.Member.Id, clock.NowMs());
        var row = new { proposal.Id, Kind = Words<ProposalKind>.Of(proposal.Kind), proposal.Subject, proposal.Part, proposal.Content, proposal.Secret, Hash = proposal.Hash(), proposal.Maker, proposal.MadeMs };
        var written = await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0) return false;
            await log.Write(tx, new Operation("proposal.made", work.Actor, proposal.Id, After: ProposalRows.Short(proposal)));
            return true;
        }, stop);
        if (written) return new Proposed(proposal.Id);
        var other = await ProposalRows.Waiting(database, draft, stop);
        return other is not null && other.Maker == work.Member.Id && other.Content == draft.Content && await Same(other.Secret, draft.Secret, stop) ? new Proposed(other.Id) : Refusal.Of("proposal_waits");
    }

    /// <summary>Whether there is nobody else who could approve: the rule of staff and settings.</summary>
    private async Task<bool> Alone(CancellationToken stop) => (await staff.All(stop: stop)).Count(m => m.State == StaffState.Active && m.Holds(Role.Operator)) < 2;

    private async Task<Result<Proposed>> AtOnce(StaffAtWork work, ReadyChange ready, CancellationToken stop)
    {
        if (await ready.Prepare(work.Actor) is { } no) return no;
        var draft = ready.Draft;
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Overtake, new { By = work.Member.Id, Now = clock.NowMs(), Kind = Words<ProposalKind>.Of(draft.Kind), draft.Subject, draft.Part }, tx.Handle);
            await ready.Write(tx, work.Actor);
        }, stop);
        ready.Seen();
        return new Proposed(null);
    }

    private async Task<bool> Same(byte[]? wrapped, WrappedSecret? wanted, CancellationToken stop)
    {
        if (wrapped is null || wanted is null) return wrapped is null && wanted is null;
        var (kept, typed) = (await kek.Unwrap(wrapped, wanted.Owner, stop), await kek.Unwrap(wanted.Wrapped, wanted.Owner, stop));
        return CryptographicOperations.FixedTimeEquals(kept, typed);
    }
}
