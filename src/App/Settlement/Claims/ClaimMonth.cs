using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Settlement;

/// <summary>Whoever took points claims what is owed for them, or says that the sum is wrong: at the shop's terminal, or a system with its key.</summary>
public sealed class ClaimMonth(Database database, FindClaims find, OperationLog log, TimeProvider clock)
{
    public const int LongestReason = 200;

    private const string Take = "update stl_claim set state = 'claimed', claimed_kind = @Kind, claimed_by = @By, claimed_ms = @Now where id = @Id and state = 'open'";

    private const string Stop = "update stl_claim set state = 'objected', objection = @Reason where id = @Id and state in ('open', 'claimed')";

    /// <returns>The claim, also when it was claimed before; <c>not_found</c> for somebody else's, <c>settlement_decided</c> when it can't be claimed any more.</returns>
    public async Task<Result<MonthClaim>> Run(Guid creditor, Guid id, Actor by, CancellationToken stop = default)
    {
        if (await find.Find(id, stop) is not { } claim || claim.Creditor != creditor) return Refusal.Of("not_found");
        if (claim.State == ClaimState.Claimed) return claim;
        return await database.WriteOrRefuse<MonthClaim>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Take, new { claim.Id, Kind = (int)by.Kind, By = by.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("settlement_decided");
            await log.Write(tx, new Operation("settlement.claimed", by, claim.Id, After: $"{claim.Month} {claim.Issuer} {claim.Amount}"));
            return claim with { State = ClaimState.Claimed, ClaimedMs = clock.NowMs() };
        }, stop);
    }

    /// <summary>What is objected to stays out of payment until the municipality has answered.</summary>
    /// <returns>The claim; <c>not_found</c>, <c>settlement_decided</c> once it is approved, and what free text is refused for.</returns>
    public async Task<Result<MonthClaim>> Object(Guid creditor, Guid id, string? why, Actor by, CancellationToken stop = default)
    {
        if (await find.Find(id, stop) is not { } claim || claim.Creditor != creditor) return Refusal.Of("not_found");
        var reason = NameText.Read("reason", why, LongestReason);
        if (reason.Refused is { } no) return no;
        return await database.WriteOrRefuse<MonthClaim>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Stop, new { claim.Id, Reason = reason.Value }, tx.Handle) == 0) return Refusal.Of("settlement_decided");
            await log.Write(tx, new Operation("settlement.objected", by, claim.Id, Before: Words<ClaimState>.Of(claim.State), Reason: reason.Value));
            return claim with { State = ClaimState.Objected, Objection = reason.Value };
        }, stop);
    }
}
