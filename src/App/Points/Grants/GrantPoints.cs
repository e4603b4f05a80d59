using Dapper;
using MyKey.App.Eligible;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.YearCaps;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Grants;

/// <summary>A grant as it would be made.</summary>
/// <param name="Credited">What would move: less than the amount where the person's year leaves no more (S4-03).</param>
/// <param name="NeedsApproval">By what the maker has granted until now; decided when it is made.</param>
public sealed record GrantPreview(Programme Programme, Recipient Recipient, Points Amount, Points Credited, DateOnly ExpiresOn, string Occasion, LimitState Budget, bool NeedsApproval);

/// <summary>A municipality gives points to one person out of its own funds (S0-1006b, S4-01b, S2-P6d).</summary>
public sealed class GrantPoints(Database database, GrantConditions conditions, FindRecipients recipients, FindGrants find, GrantPosting posting, FindEligible eligible,
    YearCap cap, Limits limits, OperationLog log, TimeProvider clock)
{
    private const string Insert = """
        insert into pts_grant(id, municipality, programme, citizen, shown_id, amount, expires_on, occasion, alone, state, maker_kind, maker, civil_day, made_ms, proven)
        values (@Id, @Municipality, @Programme, @Citizen, @ShownId, @Amount, @ExpiresOn, @Occasion, @Alone, @State, @MakerKind, @Maker, @Day, @MadeMs, @Proven)
        on conflict do nothing
        """;

    /// <summary>Looks at everything and changes nothing.</summary>
    /// <returns>
    /// What would be made; <c>amount_format</c>, <c>not_found</c> for the programme, <c>not_started</c>, <c>out_of_period</c>, <c>id_format</c>,
    /// <c>mykey_unknown</c>, <c>id_suspended</c>, <c>not_eligible</c>, <c>proof_required</c>, <c>cap_reached</c>, <c>budget_exhausted</c> (rest), and what free text is refused for.
    /// </returns>
    public async Task<Result<GrantPreview>> Check(Granter granter, GrantOrder order, CancellationToken stop = default)
    {
        var programme = await conditions.Programme(granter, order.Programme, stop);
        if (programme.Refused is { } noProgramme) return noProgramme;
        var amount = Points.From(order.Amount);
        if (amount.Refused is { } noAmount) return noAmount;
        var recipient = await recipients.Of(order.MyKeyId, stop);
        if (recipient.Refused is { } nobody) return nobody;
        if (await eligible.Check(programme.Value, recipient.Value.Person, order.Proven, stop) is { } notHim) return notHim;
        var credit = await cap.Credit(programme.Value, recipient.Value.Person, amount.Value, stop);
        if (credit.Refused is { } full) return full;
        var expires = conditions.ExpiresOn(programme.Value, granter.Municipality, order.ExpiresOn);
        if (expires.Refused is { } noDay) return noDay;
        var occasion = conditions.Occasion(programme.Value, order.Occasion);
        if (occasion.Refused is { } noText) return noText;
        var budget = await limits.Read(LimitId.Budget(programme.Value.Id)) ?? new LimitState(Points.Zero, Points.Zero);
        if (credit.Value > budget.Rest) return Refusal.Of("budget_exhausted", ("rest", budget.Rest));
        var most = await conditions.Alone(programme.Value.Municipality, programme.Value.Id);
        var approval = !await find.Fits(new GrantCount(granter.Actor, programme.Value.Municipality, programme.Value.Id, clock.Today()), amount.Value.Value, most, stop);
        return new GrantPreview(programme.Value, recipient.Value, amount.Value, credit.Value, expires.Value, occasion.Value, budget, approval);
    }

    /// <returns>The grant, posted or waiting for approval; the refusals of <see cref="Check"/>, <c>already_granted</c>, <c>id_reused</c>, the ledger's.</returns>
    public async Task<Result<Grant>> Run(Granter granter, GrantOrder order, CancellationToken stop = default)
    {
        if (await find.One(order.Id, stop) is { } before) return await Again(granter, order, before, stop);
        var looked = await Check(granter, order, stop);
        if (looked.Refused is { } no) return no;
        var preview = looked.Value;
        var most = await conditions.Alone(preview.Programme.Municipality, preview.Programme.Id);
        var made = await database.Write(tx => Make(tx, granter, order, preview, most), stop);
        if (made is null) return await find.One(order.Id, stop) is { } other ? await Again(granter, order, other, stop) : Refusal.Of("busy");
        return made.State == GrantState.Waiting ? made : await posting.Post(made, preview.Recipient.Person);
    }

    private async Task<Result<Grant>> Again(Granter granter, GrantOrder order, Grant grant, CancellationToken stop)
    {
        var recipient = await recipients.Of(order.MyKeyId, stop);
        if (recipient.Refused is { } nobody) return nobody;
        var programme = await conditions.Programme(granter, order.Programme, stop);
        // The programme may have ended since; what was granted stays granted.
        if (programme.Refused is { Code: "not_found" } none) return none;
        var occasion = programme.Ok ? conditions.Occasion(programme.Value, order.Occasion) : grant.Occasion;
        if (occasion.Refused is { } noText) return noText;
        if (!grant.Is(order, recipient.Value.Citizen, occasion.Value, granter)) return Refusal.Of("id_reused");
        return grant.State == GrantState.Made ? await posting.Post(grant, recipient.Value.Person) : grant;
    }

    /// <returns>null when another request with the same id was first.</returns>
    private async Task<Grant?> Make(Transaction tx, Granter granter, GrantOrder order, GrantPreview preview, AloneMost most)
    {
        var (day, now, id) = (clock.Today(), clock.NowMs(), order.Id);
        var grant = new Grant(id, granter.Municipality.Code, preview.Programme.Id, preview.Recipient.Citizen, preview.Recipient.MyKeyId.Masked, preview.Amount, preview.ExpiresOn,
            preview.Occasion, true, GrantState.Made, granter.Actor, day, now)
        {
            Proven = order.Proven,
        };
        if (await tx.Connection.ExecuteScalarAsync<long>("select count(*) from pts_grant where id = @id", new { id }, tx.Handle) > 0) return null;
        if (!await GrantDay.Take(tx, grant.Count, preview.Amount.Value, most)) grant = grant with { Alone = false, State = GrantState.Waiting };
        var written = await tx.Connection.ExecuteAsync(Insert, new
        {
            grant.Id, grant.Municipality, grant.Programme, grant.Citizen, grant.ShownId, grant.Amount, grant.ExpiresOn, grant.Occasion, Alone = grant.Alone ? 1 : 0,
            State = Words<GrantState>.Of(grant.State), MakerKind = (int)grant.Maker.Kind, Maker = grant.Maker.Id, grant.Day, grant.MadeMs,
            Proven = grant.Proven ? 1 : 0,
        }, tx.Handle);
        if (written == 0)
        {
            if (grant.Alone) await GrantDay.GiveBack(tx, grant.Count, grant.Amount.Value);
            return null;
        }
        if (grant.State == GrantState.Waiting)
            await log.Write(tx, new Operation("grant.proposed", grant.Maker, grant.Id.Value, grant.Citizen, After: $"{grant.Municipality} {grant.Programme.Value} {grant.Amount}"));
        return grant;
    }
}
