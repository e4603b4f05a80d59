using Dapper;
using MyKey.App.Grants;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Applications;

/// <summary>From an application that was accepted to what its offer gives (<see cref="OfferPosting"/>).</summary>
public sealed class ApplicationPosting(Database database, OfferPosting posting, FindApplications find, OperationLog log)
{
    private const string Moved = "update inc_application set state = 'granted', credited = @AppCredited where id = @AppId and state = 'accepted'";

    private const string BackToWaiting = """
        update inc_application set state = 'waiting', decided_by = null, decided_day = null, decided_ms = null, expires_on = null, alone = 0 where id = @Id and state = 'accepted'
        """;

    private const string BackToApproving = "update inc_application set state = 'approving' where id = @Id and state = 'accepted'";

    /// <returns>The granted application; the refusals of the grant, after which it stands where it stood before it was accepted. What nobody screens is then not there any more.</returns>
    public async Task<Result<Application>> Post(Application accepted, Actor actor)
    {
        var posted = await Try(accepted, actor);
        if (posted.Ok) return accepted with { State = ApplicationState.Granted, Credited = posted.Value };
        await Undo(accepted, posted.Refused!, actor, forget: true);
        return await find.One(accepted.Id) is { State: ApplicationState.Granted } other ? other : posted.Refused!;
    }

    /// <summary>What a crash left between the two. <c>busy</c> leaves it for another time; nobody waits for the answer, so nothing is forgotten.</summary>
    public async Task<Result<Application>> PostLeft(Application accepted, Actor by)
    {
        var posted = await Try(accepted, by);
        if (posted.Ok) return accepted with { State = ApplicationState.Granted, Credited = posted.Value };
        if (posted.Refused is { Code: not "busy" } no) await Undo(accepted, no, by, forget: false);
        return posted.Refused!;
    }

    /// <summary>What a crash left and can not be posted waits again.</summary>
    public Task Refuse(Application accepted, Refusal no, Actor by) => Undo(accepted, no, by, forget: false);

    private Task<Result<Points>> Try(Application a, Actor actor) =>
        posting.Post(new OfferGrant(a.Id, a.Programme, a.Citizen, a.Person, a.Amount, Must.Have(a.Decision, "what is accepted was decided")) { Destination = a.Destination }, actor,
            amount => new Companion(Moved, [("AppId", a.Id), ("AppCredited", amount.Value)], 1, Refusal.Of("busy")));

    private Task Undo(Application a, Refusal no, Actor by, bool forget) => database.Write(async tx =>
    {
        var automatic = a.Decision?.By is null;
        var undone = await tx.Connection.ExecuteAsync(automatic && forget ? "delete from inc_application where id = @Id and state = 'accepted'" : automatic || a.Decision!.Alone ? BackToWaiting : BackToApproving, new { a.Id }, tx.Handle);
        if (undone == 0) return;
        if (a.Count is { } count) await GrantDay.GiveBack(tx, count, a.Amount.Value);
        await log.Write(tx, new Operation("application.refused", by, a.Id.Value, a.Citizen, Before: a.Amount.ToString(), After: no.Code));
    });
}
