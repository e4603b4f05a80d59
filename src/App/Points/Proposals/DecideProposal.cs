using System.Security.Cryptography;
using Dapper;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Proposals;

/// <param name="Hash">Of the proposal, in hexadecimal: an approval names it.</param>
public sealed record OpenProposal(Proposal Proposal, ProposalView View, string Hash);

/// <param name="Once">A secret that was made with it.</param>
public sealed record ProposalApproved(Proposal Proposal, OnceShown? Once);

/// <summary>The second pair of eyes: sees what would change, and approves or declines exactly that (V-D3).</summary>
public sealed class DecideProposal(Database database, IEnumerable<IProposed> kinds, OperationLog log, TimeProvider clock)
{
    // The approver is another person in this very statement, too.
    private const string Take = """
        update pts_proposal set state = 'approved', secret = null, decided_by = @By, decided_ms = @Now where id = @Id and state = 'waiting' and hash = @Hash and maker <> @By
        """;

    private const string Decline = "update pts_proposal set state = 'declined', secret = null, decided_by = @By, decided_ms = @Now where id = @id and state = 'waiting'";

    private readonly Dictionary<ProposalKind, IProposed> of = kinds.ToDictionary(k => k.Kind);

    /// <summary>What waits, oldest first.</summary>
    public Task<IReadOnlyList<Proposal>> Waiting(CancellationToken stop) => ProposalRows.Waiting(database, stop);

    /// <summary>What waits, oldest first, with what would change.</summary>
    public async Task<Result<IReadOnlyList<OpenProposal>>> Open(StaffAtWork work, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var open = new List<OpenProposal>();
        foreach (var one in await Waiting(stop)) open.Add(await Read(one, stop));
        return open;
    }

    /// <returns><c>role_forbidden</c>, <c>not_found</c> for what no longer waits, <c>proposal_stale</c> for what was overtaken.</returns>
    public async Task<Result<OpenProposal>> Find(StaffAtWork work, Guid id, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var stored = await Waits(id, stop);
        return stored.Refused is { } gone ? gone : await Read(stored.Value.Proposal, stop);
    }

    /// <param name="hash">Of what the approver saw.</param>
    /// <returns>
    /// As its own rule by today, and <c>role_forbidden</c>, <c>confirm_required</c>, <c>four_eyes</c> for its maker, <c>not_found</c> when it no longer waits,
    /// <c>proposal_stale</c> when it was overtaken, or is not what the approver saw.
    /// </returns>
    public async Task<Result<ProposalApproved>> Approve(StaffAtWork work, Guid id, string? hash, CancellationToken stop)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } no) return no;
        var stored = await Waits(id, stop);
        if (stored.Refused is { } gone) return gone;
        var proposal = stored.Value.Proposal;
        if (proposal.Maker == work.Member.Id) return Refusal.Of("four_eyes");
        var now = proposal.Hash();
        if (!CryptographicOperations.FixedTimeEquals(now, stored.Value.Hash) || Convert.ToHexStringLower(now) != hash) return Refusal.Of("proposal_stale");
        var ready = await of[proposal.Kind].Ready(proposal, stop);
        if (ready.Refused is { } unfit) return unfit;
        var maker = Actor.Of(proposal.Maker);
        if (await ready.Value.Prepare(maker) is { } unready) return unready;
        var done = await database.WriteOrRefuse<bool>(async tx =>
        {
            var taken = await tx.Connection.ExecuteAsync(Take, new { By = work.Member.Id, Now = clock.NowMs(), Id = id, Hash = now }, tx.Handle);
            if (taken == 0) return Refusal.Of("not_found");
            await ready.Value.Write(tx, maker);
            await log.Write(tx, new Operation("proposal.approved", work.Actor, id, After: ProposalRows.Short(proposal)));
            return true;
        }, stop);
        ready.Value.Seen();
        return done.Refused is { } late ? late : new ProposalApproved(proposal, ready.Value.Once());
    }

    /// <summary>Its maker may, too.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<bool>> Refuse(StaffAtWork work, Guid id, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var stored = await Waits(id, stop);
        if (stored.Refused is { } gone) return gone;
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Decline, new { id, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("proposal.declined", work.Actor, id, Before: ProposalRows.Short(stored.Value.Proposal)));
            return true;
        }, stop);
    }

    private async Task<Result<StoredProposal>> Waits(Guid id, CancellationToken stop) => await ProposalRows.Find(database, id, stop) switch
    {
        { State: ProposalState.Waiting } stored => stored,
        { State: ProposalState.Overtaken } => Refusal.Of("proposal_stale"),
        _ => Refusal.Of("not_found"),
    };

    private async Task<OpenProposal> Read(Proposal proposal, CancellationToken stop) => new(proposal, await of[proposal.Kind].Show(proposal, stop), Convert.ToHexStringLower(proposal.Hash()));
}
