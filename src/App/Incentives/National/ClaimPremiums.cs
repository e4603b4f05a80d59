using System.Globalization;
using Dapper;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.National;

/// <summary>
/// The monthly claim of a service, line by line against what the ledger granted on the days of the month (R-D1). A return counts below nothing, in the month in which it was taken back. What is over is refused with
/// its differences; what is short is shown, and an operator may close it; what is equal is approved. An approved month never changes.
/// </summary>
public sealed class ClaimPremiums(Database database, FindPremiumClaims find, OperationLog log, TimeProvider clock)
{
    public const int MostLines = 1_000_000;

    private const int MostDifferences = 10_000;

    private static readonly CsvColumn[] Columns = [new("eventId", true), new("premium", true)];

    private const string Upsert = """
        insert into inc_premium_claim(service, month, sha256, state, claimed_lines, claimed, granted_lines, granted, differences, made_ms, decided_ms)
        values (@Service, @Month, @Sha256, @State, @ClaimedLines, @Claimed, @GrantedLines, @Granted, @Differences, @MadeMs, @DecidedMs)
        on conflict(service, month) do update set sha256 = excluded.sha256, state = excluded.state, claimed_lines = excluded.claimed_lines, claimed = excluded.claimed, granted_lines = excluded.granted_lines,
          granted = excluded.granted, differences = excluded.differences, made_ms = excluded.made_ms, decided_ms = excluded.decided_ms
        where inc_premium_claim.state <> 'approved'
        """;

    private const string PutDifference = "insert into inc_premium_difference(service, month, event, claimed, granted) values (@Service, @Month, @Event, @Claimed, @Granted)";

    private const string Close = "update inc_premium_claim set state = 'approved', decided_by = @By, decided_ms = @Now where service = @service and month = @month and state = 'short'";

    /// <returns>
    /// The claim, short or approved; <c>claim_over</c> (lines, points) with its differences kept for reading; <c>claim_closed</c> for another one of an approved month, <c>month_open</c> while it is not over, <c>number_format</c> (field)
    /// for a line that is none, and as <see cref="CsvTable"/>.
    /// </returns>
    public async Task<Result<PremiumClaim>> Run((Machine Machine, PaymentService Service) by, ClaimMonth month, byte[] file, CancellationToken stop = default)
    {
        if (clock.Today() <= month.Last) return Refusal.Of("month_open", ("from", Shared.Components.Words.Day(month.Last.AddDays(1))));
        var table = CsvTable.Read(file, Columns);
        if (table.Refused is { } unreadable) return unreadable;
        if (table.Value.Unasked is { } further) return further;
        if (await find.One(by.Service.Id, month, stop) is { State: PremiumClaimState.Approved } closed) return closed.Sha256 == table.Value.Sha256 ? closed : Refusal.Of("claim_closed");
        var read = Read(table.Value);
        if (read.Refused is { } odd) return odd;
        var granted = await find.Granted(by.Service.Id, month, stop);
        var differences = Compare(read.Value, granted);
        var state = differences.Any(d => d.Claimed > d.Granted) ? PremiumClaimState.Over : differences.Count > 0 ? PremiumClaimState.Short : PremiumClaimState.Approved;
        var now = clock.NowMs();
        var claim = new PremiumClaim(by.Service.Id, month, table.Value.Sha256, state, read.Value.Count, read.Value.Values.Sum(), granted.Count, granted.Values.Sum(), differences.Count, now, state == PremiumClaimState.Approved ? now : null);
        var kept = await Keep(claim, differences, by.Machine, stop);
        if (kept.Refused is { } late) return late;
        var over = differences.Where(d => d.Claimed > d.Granted).ToList();
        return over.Count > 0 ? Refusal.Of("claim_over", ("lines", over.Count), ("points", over.Sum(d => d.Claimed - d.Granted))) : claim;
    }

    /// <summary>What a service has claimed is all that it gets for the month: final by actuals.</summary>
    /// <returns><c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> for what is not short.</returns>
    public async Task<Result<PremiumClaim>> CloseShort(StaffAtWork work, PaymentServiceId service, ClaimMonth month, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var done = await database.WriteOrRefuse<bool>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Close, new { service, month = month.Number, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("premium_claim.closed", work.Actor, service.Value, After: $"{month} as claimed"));
            return true;
        }, stop);
        return done.Refused is { } no ? no : (await find.One(service, month, stop))!;
    }

    private Task<Result<bool>> Keep(PremiumClaim claim, List<ClaimDifference> differences, Machine machine, CancellationToken stop) => database.WriteOrRefuse<bool>(async tx =>
    {
        var row = new
        {
            claim.Service, Month = claim.Month.Number, claim.Sha256, State = Words<PremiumClaimState>.Of(claim.State), claim.ClaimedLines, claim.Claimed, claim.GrantedLines, claim.Granted, claim.Differences, claim.MadeMs, claim.DecidedMs,
        };
        if (await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle) == 0) return Refusal.Of("claim_closed");
        await tx.Connection.ExecuteAsync("delete from inc_premium_difference where service = @Service and month = @Month", row, tx.Handle);
        await tx.Connection.ExecuteAsync(PutDifference, differences.Take(MostDifferences).Select(d => new { row.Service, row.Month, d.Event, d.Claimed, d.Granted }), tx.Handle);
        await log.Write(tx, new Operation("premium_claim.made", Actor.Of(machine.Id), claim.Service.Value, After: $"{claim.Month} {row.State} {claim.Claimed} of {claim.Granted} {claim.Sha256}"));
        return true;
    }, stop);

    private static Result<Dictionary<string, long>> Read(CsvTable table)
    {
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in table.Rows())
        {
            if (lines.Count == MostLines) return Refusal.Of("too_large");
            if (row["eventId"] is not { Length: > 0 and <= JudgePremiums.LongestEvent } id || !long.TryParse(row["premium"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var premium) || Math.Abs(premium) > Points.Max)
                return Refusal.Of("number_format", ("field", $"{row.Line}"));
            if (!lines.TryAdd(id, premium)) return Refusal.Of("number_format", ("field", $"{row.Line}"));
        }
        return lines;
    }

    private static List<ClaimDifference> Compare(Dictionary<string, long> claimed, IReadOnlyDictionary<string, long> granted) =>
    [
        .. claimed.Where(c => granted.GetValueOrDefault(c.Key) != c.Value).Select(c => new ClaimDifference(c.Key, c.Value, granted.GetValueOrDefault(c.Key)))
            .Concat(granted.Where(g => !claimed.ContainsKey(g.Key)).Select(g => new ClaimDifference(g.Key, 0, g.Value))).OrderBy(d => d.Event, StringComparer.Ordinal),
    ];
}

/// <summary>Reading claims, and what they are compared with.</summary>
public sealed class FindPremiumClaims(Database database)
{
    public const int LinesAtOnce = 1_000;

    public async Task<PremiumClaim?> One(PaymentServiceId service, ClaimMonth month, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<PremiumClaimRow>($"{PremiumClaimRow.All} where service = @service and month = @Number", new { service, month.Number }))?.Read();
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<PremiumClaim>> All(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<PremiumClaimRow>($"{PremiumClaimRow.All} order by month desc, service")).Select(r => r.Read())];
    }

    /// <summary>On which lines both do not agree, from after an event on.</summary>
    public async Task<IReadOnlyList<ClaimDifference>> Differences(PaymentServiceId service, ClaimMonth month, string after, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<(string Event, long Claimed, long Granted)>(
            "select event, claimed, granted from inc_premium_difference where service = @service and month = @Number and event > @after order by event limit @LinesAtOnce", new { service, month.Number, after, LinesAtOnce }))
            .Select(d => new ClaimDifference(d.Event, d.Claimed, d.Granted))];
    }

    /// <summary>What was granted on the days of a month, below 0 what was taken back; no index helps it. Nothing where a premium was none.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Granted(PaymentServiceId service, ClaimMonth month, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QueryAsync<(string Event, long Given)>(
            "select event, given from inc_premium_event where service = @service and given <> 0 and posted_day between @First and @Last", new { service, month.First, month.Last })).ToDictionary(e => e.Event, e => e.Given, StringComparer.Ordinal);
    }
}
