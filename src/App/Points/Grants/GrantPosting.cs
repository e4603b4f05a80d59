using Dapper;
using MyKey.App.Eligible;
using MyKey.App.Mail;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.YearCaps;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Grants;

/// <summary>From a grant that nobody needs to approve any more to points in the passbook, out of the programme's budget.</summary>
public sealed class GrantPosting(Database database, Limits limits, Buckets buckets, FindGrants find, ProgrammeList programmes, FindEligible eligible, YearCap cap, PointNotices notices, OperationLog log)
{
    private const string Moved = "update pts_grant set state = 'posted', credited = @GrantCredited where id = @GrantId and state = 'made'";

    /// <summary>Takes the occasion for this person in the transaction of the grant (S2-P19c).</summary>
    private const string Take = """
        insert into pts_grant_once(bucket, programme, occasion, person, transfer) values (@OnceBucket, @OnceProgramme, @OnceOccasion, @OncePerson, @OnceTransfer)
        on conflict do nothing
        """;

    private const string TakeMany = """
        insert into pts_grant_once(bucket, programme, occasion, person, transfer)
        select * from unnest(@OnceBucket, @OnceProgramme, @OnceOccasion, @OncePerson, @OnceTransfer) on conflict do nothing
        """;

    /// <returns>The posted grant; <c>already_granted</c>, <c>not_eligible</c>, <c>cap_reached</c>, <c>budget_exhausted</c> (rest) and the ledger's refusals, after which it is not there any more.</returns>
    public async Task<Result<Grant>> Post(Grant grant, PersonKey person)
    {
        var posted = await Try(grant, person);
        if (posted.Ok) return grant with { State = GrantState.Posted, Credited = posted.Value };
        await database.Write(tx => Undo(tx, grant));
        return await find.One(grant.Id) is { State: GrantState.Posted } other ? other : posted.Refused!;
    }

    /// <summary>Posts what a crash left between storing and posting. <c>busy</c> leaves it for another time; nobody waits for the answer.</summary>
    public async Task<Result<Grant>> PostLeft(Grant grant, PersonKey person, Actor by)
    {
        var posted = await Try(grant, person);
        if (posted.Ok) return grant with { State = GrantState.Posted, Credited = posted.Value };
        if (posted.Refused is { Code: not "busy" } no) await Refuse(grant, no, by);
        return posted.Refused!;
    }

    /// <summary>What a crash left and can not be posted: an approved one waits again, another one goes, and the log says so.</summary>
    public Task Refuse(Grant grant, Refusal no, Actor by) => database.Write(async tx =>
    {
        if (await Undo(tx, grant)) await log.Write(tx, new Operation("grant.refused", by, grant.Id.Value, grant.Citizen, Before: grant.Amount.ToString(), After: no.Code));
    });

    /// <returns>What was posted.</returns>
    private async Task<Result<Points>> Try(Grant grant, PersonKey person)
    {
        var programme = Must.Have(await programmes.Find(grant.Programme), "a grant has a programme");
        if (await eligible.Check(programme, person, grant.Proven) is { } no) return no;
        var told = await notices.For(grant.Citizen, Notice.Granted, new Purse(grant.Municipality));
        return await cap.Post(programme, person, (grant.Id, grant.Amount), async (amount, counted) => await limits.Post(LimitId.Budget(grant.Programme), Transfer.Grant(grant.Id, grant.Citizen,
            grant.Municipality, amount, grant.Programme, new NewLot(grant.ExpiresOn, new LotSource(SourceKind.Grant)), grant.Maker) with
        {
            Companions = [.. Once(grant.Programme, grant.Occasion, person, grant.Id), .. counted, .. told,
                new Companion(Moved, [("GrantId", grant.Id), ("GrantCredited", amount.Value)], 1, Refusal.Of("busy"))],
        }));
    }

    internal IEnumerable<Companion> Once(ProgrammeId programme, string occasion, PersonKey person, TransferId transfer)
    {
        if (occasion.Length == 0) yield break;
        yield return new Companion(Take,
        [
            ("OnceBucket", buckets.Of(person.Value)), ("OnceProgramme", programme), ("OnceOccasion", occasion), ("OncePerson", person), ("OnceTransfer", transfer),
        ], 1, Refusal.Of("already_granted"), TakeMany);
    }

    // A refusal binds nothing: the same form may be sent again. What another officer approved goes on waiting.
    private static async Task<bool> Undo(Transaction tx, Grant grant)
    {
        var undone = await tx.Connection.ExecuteAsync(grant.Alone
            ? "delete from pts_grant where id = @Id and state = 'made'"
            : "update pts_grant set state = 'waiting', decided_by = null, decided_ms = null where id = @Id and state = 'made'", new { grant.Id }, tx.Handle) == 1;
        if (undone) await GrantDay.GiveBack(tx, grant.Count, grant.Amount.Value);
        return undone;
    }
}

/// <summary>Reading the grants to one person.</summary>
public sealed class FindGrants(Database database)
{
    public async Task<Grant?> One(TransferId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<GrantRow>($"{GrantRow.All} where id = @id", new { id }))?.Read();
    }

    /// <summary>The last one that somebody made: what the next form begins with.</summary>
    public async Task<Grant?> Last(Actor maker, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<GrantRow>($"{GrantRow.All} where maker = @Id order by made_ms desc limit 1", new { maker.Id }))?.Read();
    }

    /// <summary>Whether so much more is within what somebody may grant alone, by what he has granted until now.</summary>
    public async Task<bool> Fits(GrantCount of, long amount, AloneMost most, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await GrantDay.Fits(connection, of, amount, most);
    }

    /// <summary>Those that somebody began to post before this instant and nobody ended.</summary>
    public async Task<IReadOnlyList<Grant>> Left(long beforeMs, int count, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<GrantRow>($"{GrantRow.All} where state = 'made' and coalesce(decided_ms, made_ms) < @beforeMs order by made_ms limit @count", new { beforeMs, count })).Select(r => r.Read())];
    }

    public async Task<IReadOnlyList<Grant>> Waiting(MunicipalityCode municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<GrantRow>($"{GrantRow.All} where municipality = @municipality and state = 'waiting' order by made_ms", new { municipality })).Select(r => r.Read())];
    }
}
