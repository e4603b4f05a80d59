using System.Text.Json;
using Dapper;
using MyKey.App.PaymentServices;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.National;

/// <param name="Until">Null: as long as the round takes applications.</param>
public sealed record WantedRegistration(Guid Service, DateOnly From, DateOnly? Until);

/// <summary>A round as it is asked for.</summary>
/// <param name="Id">Made by the caller: the same again changes it.</param>
/// <param name="Rate">Percent, 1 to 100.</param>
/// <param name="Budget">What the State pays at most, all premiums together.</param>
public sealed record WantedRound(Guid Id, string? Name, Days Apply, Days Buy, int Rate, long Cap, RoundKinds? Kinds, long Budget, IReadOnlyList<WantedRegistration> Services)
{
    public ProgrammeId Round => new(Id);
}

/// <summary>Rounds are set by those who run the platform, two of them as soon as there are two (V-D3): a round directs money.</summary>
public sealed class SaveRound(Database database, FindRounds rounds, FindPaymentServices services, ProposeChange propose, Limits limits, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 40;

    private const long MostCap = 1_000_000;

    private const string Upsert = """
        insert into inc_round(id, name, apply_from, apply_until, buy_from, buy_until, rate, cap, kinds) values (@Id, @Name, @ApplyFrom, @ApplyUntil, @BuyFrom, @BuyUntil, @Rate, @Cap, @Kinds)
        on conflict(id) do update set name = excluded.name, apply_from = excluded.apply_from, apply_until = excluded.apply_until, buy_from = excluded.buy_from, buy_until = excluded.buy_until,
          rate = excluded.rate, cap = excluded.cap, kinds = excluded.kinds
        """;

    /// <returns>
    /// It, or what waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (field), <c>too_large</c>, <c>period_format</c>, <c>number_format</c> (field), <c>not_found</c> for a service that is
    /// none, <c>round_overlaps</c>, <c>round_fixed</c> for rate, cap or kinds of one for which somebody has applied, <c>budget_exhausted</c> (rest), and as <see cref="ProposeChange.Run"/>.
    /// </returns>
    public async Task<Result<Asked<Round>>> Run(StaffAtWork work, WantedRound wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var ready = await Ready(wanted, stop);
        if (ready.Refused is { } unfit) return unfit;
        var asked = await propose.Run(work, ready.Value.Change, smaller: false, stop);
        return asked.Refused is { } no ? no : new Asked<Round>(ready.Value.Round, asked.Value.Id);
    }

    internal async Task<Result<(ReadyChange Change, Round Round)>> Ready(WantedRound wanted, CancellationToken stop)
    {
        var read = Read(wanted);
        if (read.Refused is { } unreadable) return unreadable;
        var after = read.Value;
        var all = await rounds.All(stop);
        var before = all.FirstOrDefault(r => r.Id == after.Id);
        if (all.Any(r => r.Id != after.Id && r.Buy.Meets(after.Buy))) return Refusal.Of("round_overlaps");
        if (wanted.Services.Count == 0) return Refusal.Of("field_required", ("field", "services"));
        if (wanted.Services.Any(s => s.Until < s.From)) return Refusal.Of("period_format");
        var known = (await services.All(stop)).Select(s => s.Id.Value).ToHashSet();
        if (wanted.Services.Any(s => !known.Contains(s.Service)) || wanted.Services.DistinctBy(s => s.Service).Count() != wanted.Services.Count) return Refusal.Of("not_found");
        if (before is not null && (before.Rate, before.Cap, before.Kinds) != (after.Rate, after.Cap, after.Kinds) && await IsApplied(after.Id, stop)) return Refusal.Of("round_fixed");
        var draft = new ProposalDraft(ProposalKind.Round, wanted.Id.ToString(), "", JsonSerializer.Serialize(wanted));
        return (new ReadyChange(draft, (tx, by) => Write(tx, by, wanted, (before, after)), () => { }) { Prepare = _ => BudgetFits(wanted) }, after);
    }

    private static Result<Round> Read(WantedRound wanted)
    {
        var name = NameText.Read("name", wanted.Name, LongestName);
        if (name.Refused is { } unnamed) return unnamed;
        if (wanted.Apply.Until < wanted.Apply.From || wanted.Buy.Until < wanted.Buy.From) return Refusal.Of("period_format");
        if (wanted.Rate is < 1 or > 100) return Refusal.Of("number_format", ("field", "rate"));
        if (wanted.Cap is < 1 or > MostCap) return Refusal.Of("number_format", ("field", "cap"));
        if (wanted.Budget is < 0 or > Points.Max) return Refusal.Of("number_format", ("field", "budget"));
        return wanted.Kinds is { } kinds ? new Round(wanted.Round, name.Value, wanted.Apply, wanted.Buy, wanted.Rate, new Points(wanted.Cap), kinds) : Refusal.Of("field_required", ("field", "kinds"));
    }

    private async Task<bool> IsApplied(ProgrammeId round, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 as one from inc_round_choice where round = @round limit 1) c", new { round }) > 0;
    }

    private async Task<Refusal?> BudgetFits(WantedRound wanted) =>
        await limits.Read(LimitId.Budget(wanted.Round)) is { } state && state.Taken.Value > wanted.Budget ? Refusal.Of("budget_exhausted", ("rest", state.Rest)) : null;

    private async Task Write(Transaction tx, Actor by, WantedRound wanted, (Round? Before, Round After) round)
    {
        var after = round.After;
        await tx.Connection.ExecuteAsync(Upsert, new
        {
            after.Id, after.Name, ApplyFrom = after.Apply.From, ApplyUntil = after.Apply.Until, BuyFrom = after.Buy.From, BuyUntil = after.Buy.Until, after.Rate, Cap = after.Cap.Value,
            Kinds = Words<RoundKinds>.Of(after.Kinds),
        }, tx.Handle);
        await tx.Connection.ExecuteAsync("delete from inc_round_service where round = @Id", new { after.Id }, tx.Handle);
        await tx.Connection.ExecuteAsync("insert into inc_round_service(round, service, from_day, until_day) values (@Round, @Service, @From, @Until)",
            wanted.Services.Select(s => new { Round = after.Id, Service = new PaymentServiceId(s.Service), s.From, s.Until }), tx.Handle);
        var set = await limits.SetTotal(tx, LimitId.Budget(after.Id), new Points(wanted.Budget));
        Must.Hold(set.Ok, "a budget that was looked at a moment ago fits");
        await log.Write(tx, new Operation("round.saved", by, after.Id.Value, Before: round.Before is { } before ? InShort(before) : null, After: $"{InShort(after)} {wanted.Budget} {wanted.Services.Count} services"));
    }

    private static string InShort(Round r) => System.FormattableString.Invariant(
        $"{r.Apply.From:yyyy-MM-dd}/{r.Apply.Until:yyyy-MM-dd} {r.Buy.From:yyyy-MM-dd}/{r.Buy.Until:yyyy-MM-dd} {r.Rate}% {r.Cap.Value} {Words<RoundKinds>.Of(r.Kinds)} {r.Name}");
}

/// <summary>A round that waits for another operator.</summary>
public sealed class RoundProposed(SaveRound save, FindRounds rounds, FindPaymentServices services) : IProposed
{
    public ProposalKind Kind => ProposalKind.Round;

    public async Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => (await save.Ready(Read(proposal), stop)).Then<ReadyChange>(r => r.Change);

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var before = await rounds.Find(wanted.Round, stop);
        var names = (await services.All(stop)).ToDictionary(s => s.Id.Value, s => s.Name);
        return new($"マイナポイント {wanted.Name}", $"{RoundsPage.Here}/{wanted.Id}",
        [
            new("名前", before?.Name, wanted.Name ?? ""),
            new("申しこみ", Span(before?.Apply), Span(wanted.Apply)!),
            new("チャージや買い物", Span(before?.Buy), Span(wanted.Buy)!),
            new("割合", before is null ? null : $"{before.Rate}％", $"{wanted.Rate}％"),
            new("1人の上限", before is null ? null : Shared.Components.Words.InWords(before.Cap), $"{Shared.Components.Words.Digits(wanted.Cap)}ポイント"),
            new("つくもの", before is null ? null : Round.Word(before.Kinds), wanted.Kinds is { } kinds ? Round.Word(kinds) : ""),
            new("予算", null, $"{Shared.Components.Words.Digits(wanted.Budget)}ポイント"),
            new("決済サービス", null, string.Join("、", wanted.Services.Select(s => names.GetValueOrDefault(s.Service, "")))),
        ]);
    }

    private static string? Span(Days? days) => days is null ? null : $"{Shared.Components.Words.Day(days.From)}から{Shared.Components.Words.Day(days.Until)}まで";

    private static WantedRound Read(Proposal proposal) => JsonSerializer.Deserialize<WantedRound>(proposal.Content)!;
}
