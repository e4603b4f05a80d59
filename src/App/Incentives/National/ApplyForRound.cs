using System.Globalization;
using Dapper;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.Identity;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.National;

/// <summary>What the question to the card is bound to: who chooses which account for which round.</summary>
/// <param name="Id">Of the choice, made by the caller: the same again answers again.</param>
public sealed record RoundWish(CitizenId Citizen, ProgrammeId Round, Guid Account, Guid Id)
{
    private const string Word = "round";

    public string Binding => string.Create(CultureInfo.InvariantCulture, $"{Word} {Citizen.Value:N} {Round.Value:N} {Account:N} {Id:N}");

    public static RoundWish? Read(string? binding) =>
        binding?.Split(' ') is [Word, var who, var which, var to, var id] && Guid.TryParseExact(who, "N", out var citizen) && Guid.TryParseExact(which, "N", out var round)
        && Guid.TryParseExact(to, "N", out var account) && Guid.TryParseExact(id, "N", out var choice) ? new RoundWish(new CitizenId(citizen), new ProgrammeId(round), account, choice) : null;
}

/// <summary>A wish that fits.</summary>
public sealed record JudgedWish(Round Round, PaymentService Service, PaymentAccount Account, PersonKey Person);

/// <summary>
/// Step 3 of the national Mynapoint (S3-01): with card and PIN for this very one (A4) a person chooses exactly one payment service, for good. Step 2, the reservation, is that there is a MyKey ID; it is no ID of
/// its own (K-01).
/// </summary>
public sealed class ApplyForRound(Database database, FindRounds rounds, FindChoices choices, FindPaymentServices services, MyPaymentAccounts accounts, AccountKeys keys, JoinCertificate join,
    CertificateWait wait, OperationLog log, TimeProvider clock)
{
    /// <summary>Of the dated waits after a new certificate (K-03): 24 hours.</summary>
    public const string Scheme = "national";

    private const string Insert = """
        insert into inc_round_choice(id, round, citizen, person, service, account, number_hash, word_hash, tail, at_counter, made_ms)
        values (@Id, @Round, @Citizen, @Person, @Service, @Account, @Number, @Word, @Tail, @AtCounter, @MadeMs) on conflict do nothing
        """;

    /// <param name="citizen">Whose MyKey ID it is; null: there is none.</param>
    /// <param name="atCounter">Staff read the card; they choose nothing.</param>
    /// <returns>
    /// The choice; <c>reservation_required</c> without a MyKey ID, <c>auth_failed</c> when the proof is not this citizen's for this, <c>id_suspended</c>, <c>id_reused</c>, and the refusals of <see cref="Check"/>,
    /// <c>service_id_taken</c> where the account was chosen by somebody else.
    /// </returns>
    public async Task<Result<Choice>> Run(CitizenId? citizen, CardProof proof, bool atCounter, CancellationToken stop = default)
    {
        if (proof.Purpose != Purpose.Apply || proof.Assurance != Assurance.A4) return Refusal.Of("auth_failed", ("why", "purpose"));
        var holder = await join.Holder(proof.Certificate, stop);
        if (holder is null || citizen is null) return Refusal.Of("reservation_required");
        if (RoundWish.Read(proof.Binding) is not { } wish || wish.Citizen != citizen || holder.Id != citizen) return Refusal.Of("auth_failed", ("why", "another person"));
        if (holder.RequireActive().Refused is { } stopped) return stopped;
        if (await choices.Find(wish.Id, stop) is { } before) return before.Citizen == wish.Citizen && before.Round == wish.Round && before.Account == wish.Account ? before : Refusal.Of("id_reused");
        var judged = await Check(wish.Citizen, (wish.Round, wish.Account), atCounter, stop);
        return judged.Refused is { } no ? no : await Make(judged.Value, wish, atCounter, stop);
    }

    /// <summary>Looks at everything that a choice depends on, and changes nothing.</summary>
    /// <returns>
    /// <c>not_found</c>, <c>reservation_required</c>, <c>service_already_chosen</c> (service), <c>not_started</c>, <c>out_of_period</c> (days), <c>service_not_registered</c>, <c>service_not_allowed</c>,
    /// <c>counter_unsupported</c> (service), <c>cert_not_yet_effective</c> (at).
    /// </returns>
    public async Task<Result<JudgedWish>> Check(CitizenId citizen, (ProgrammeId Round, Guid Account) wish, bool atCounter, CancellationToken stop = default)
    {
        if (await rounds.Find(wish.Round, stop) is not { } round) return Refusal.Of("not_found");
        if (await wait.Of(citizen, Scheme, stop) is not { } who) return Refusal.Of("reservation_required");
        var person = who.Person;
        if (await choices.Of(round.Id, person, stop) is { } chosen) return await AlreadyChosen(chosen, stop);
        var today = clock.Today();
        if (round.AppliesOn(today) is { } closed) return closed;
        if ((await accounts.Of(citizen, stop)).FirstOrDefault(a => a.Id == wish.Account && a.State == AccountState.Live) is not { } account) return Refusal.Of("service_not_registered");
        if (await services.Find(account.Service, stop) is not { IsOn: true } service || !(await rounds.ServicesOf(round.Id, stop)).Any(s => s.Service == service.Id && s.IsOpen(today))) return Refusal.Of("service_not_allowed");
        if (atCounter && !service.Counter) return Refusal.Of("counter_unsupported", ("service", service.Name));
        if (who.FromMs is { } fromMs) return Refusal.Of("cert_not_yet_effective", ("at", Shared.Components.Words.Moment(fromMs)));
        return new JudgedWish(round, service, account, person);
    }

    private async Task<Result<Choice>> Make(JudgedWish wish, RoundWish asked, bool atCounter, CancellationToken stop)
    {
        if (await keys.Of(wish.Account, stop) is not { } hashes) return Refusal.Of("service_not_registered");
        var choice = new Choice(asked.Id, wish.Round.Id, asked.Citizen, wish.Person, wish.Service.Id, wish.Account.Id, wish.Account.Tail, atCounter, clock.NowMs());
        var row = new { choice.Id, choice.Round, choice.Citizen, choice.Person, choice.Service, choice.Account, hashes.Number, hashes.Word, choice.Tail, AtCounter = atCounter ? 1 : 0, choice.MadeMs };
        var made = await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 0) return false;
            await log.Write(tx, new Operation("round.chosen", Actor.Of(choice.Citizen), choice.Id, choice.Citizen, After: $"{choice.Round.Value} {choice.Service.Value} {(atCounter ? "counter" : "self")}"));
            return true;
        }, stop);
        if (made) return choice;
        // Another request of the same person was first, or somebody else has chosen this very account.
        return await choices.Of(wish.Round.Id, wish.Person, stop) switch
        {
            { } mine when mine.Id == choice.Id => mine,
            { } other => await AlreadyChosen(other, stop),
            null => Refusal.Of("service_id_taken"),
        };
    }

    private async Task<Refusal> AlreadyChosen(Choice chosen, CancellationToken stop) => Refusal.Of("service_already_chosen", ("service", (await services.Find(chosen.Service, stop))?.Name ?? ""));
}
