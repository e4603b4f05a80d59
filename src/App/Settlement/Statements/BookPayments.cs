using Dapper;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Settlement;

/// <summary>Payment: a partner paid a municipality, as its officer read from the bank. Correction: an exchange was wrong, as an operator has settled with the partner (Z2).</summary>
public enum PaymentKind { Payment, Correction }

public enum PaymentState { Waiting, Booked, Withdrawn }

/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Partner">Key of the partner.</param>
/// <param name="Amount">Yen; a correction may be below nothing: the partner owes less.</param>
/// <param name="Day">On which it was paid, or agreed.</param>
/// <param name="Note">Where it stands in the office's own papers, or why; no name of a person.</param>
public sealed record WantedPayment(Guid Id, string? Partner, string? Municipality, long Amount, DateOnly Day, string? Note);

/// <param name="BookMonth">Whose statement has it; null while it waits.</param>
public sealed record PartnerPayment(Guid Id, PaymentKind Kind, PartnerId Partner, MunicipalityCode Municipality, long Amount, DateOnly Day, string Note, PaymentState State, SettlementMonth? BookMonth, StaffId Maker, long MadeMs);

/// <summary>What a partner paid and what is put right: made by one, booked by another into the month that is open then. A closed statement never changes.</summary>
public sealed class BookPayments(Database database, PartnerCache partners, RegistryCache registry, OperationLog log, TimeProvider clock)
{
    public const int LongestNote = 100, Most = 200;

    public const long MostYen = 1_000_000_000_000;

    private const string Columns = "select id, kind, partner, municipality, amount, day, note, state, book_month, maker, made_ms from stl_payment";

    private const string Put = """
        insert into stl_payment(id, kind, partner, municipality, amount, day, note, state, maker, made_ms) values (@Id, @Kind, @Partner, @Municipality, @Amount, @Day, @Note, 'waiting', @Maker, @MadeMs) on conflict do nothing
        """;

    // Another person in this very statement, too.
    private const string Take = "update stl_payment set state = 'booked', book_month = @Month, decided_by = @By, decided_ms = @Now where id = @id and state = 'waiting' and maker <> @By";

    private const string Drop = "update stl_payment set state = 'withdrawn', decided_by = @By, decided_ms = @Now where id = @id and state = 'waiting'";

    /// <summary>In an office a payment to it; for those who run the platform a correction.</summary>
    /// <returns>
    /// It, waiting for another one; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> for the partner, <c>municipality_unknown</c>, <c>yen_format</c>, <c>out_of_period</c> for a day to
    /// come, <c>id_reused</c>, and what free text is refused for.
    /// </returns>
    public async Task<Result<PartnerPayment>> Make(StaffAtWork work, WantedPayment wanted, CancellationToken stop = default)
    {
        var kind = KindOf(work);
        if ((work.Require(kind == PaymentKind.Payment ? Role.Officer : Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if ((await partners.View()).Find(wanted.Partner ?? "") is not { } partner) return Refusal.Of("not_found");
        var town = work.Town is { } own ? own.Code : MunicipalityCode.Read(wanted.Municipality) is { Ok: true } code && (await registry.View()).Find(code.Value) is not null ? code.Value : (MunicipalityCode?)null;
        if (town is not { } municipality) return Refusal.Of("municipality_unknown");
        if (wanted.Amount == 0 || Math.Abs(wanted.Amount) > MostYen || (kind == PaymentKind.Payment && wanted.Amount < 0)) return Refusal.Of("yen_format");
        if (wanted.Day > clock.Today() || wanted.Day.Year < 2016) return Refusal.Of("out_of_period", ("from", new DateOnly(2016, 1, 1)), ("until", clock.Today()));
        var note = NameText.Read("note", wanted.Note, LongestNote);
        if (note.Refused is { } no) return no;
        var made = new PartnerPayment(wanted.Id, kind, partner.Id, municipality, wanted.Amount, wanted.Day, note.Value, PaymentState.Waiting, null, work.Member.Id, clock.NowMs());
        return await database.WriteOrRefuse<PartnerPayment>(async tx =>
        {
            var row = new { made.Id, Kind = Words<PaymentKind>.Of(kind), Partner = partner.Id, Municipality = municipality, made.Amount, made.Day, made.Note, made.Maker, made.MadeMs };
            if (await tx.Connection.ExecuteAsync(Put, row, tx.Handle) == 0)
                return (await tx.Connection.QuerySingleAsync<Row>($"{Columns} where id = @Id", new { made.Id }, tx.Handle)).Read() is var there && (there with { State = made.State, BookMonth = null, MadeMs = made.MadeMs }) == made ? there : Refusal.Of("id_reused");
            await log.Write(tx, new Operation("settlement.payment_made", work.Actor, made.Id, After: $"{row.Kind} {partner.Key} {municipality} {made.Amount} of {made.Day:yyyy-MM-dd}", Reason: made.Note));
            return made;
        }, stop);
    }

    /// <returns>It, booked; <c>role_forbidden</c>, <c>confirm_required</c>, <c>four_eyes</c> for its maker, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<PartnerPayment>> Book(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if ((work.Require(KindOf(work) == PaymentKind.Payment ? Role.Approver : Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        if (await Waits(work, id, stop) is not { } payment) return Refusal.Of("not_found");
        if (payment.Maker == work.Member.Id) return Refusal.Of("four_eyes");
        return await database.WriteOrRefuse<PartnerPayment>(async tx =>
        {
            var month = await Books.Open(tx, clock.Today());
            if (await tx.Connection.ExecuteAsync(Take, new { id, Month = month.Number, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("settlement.payment_booked", work.Actor, id, Before: "waiting", After: $"{month}"));
            return payment with { State = PaymentState.Booked, BookMonth = month };
        }, stop);
    }

    /// <returns><c>role_forbidden</c>, <c>not_found</c> when it no longer waits.</returns>
    public async Task<Result<bool>> Withdraw(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        var allowed = work.Town is null ? work.Require(Role.Operator).Ok : work.Require(Role.Officer).Ok || work.Require(Role.Approver).Ok;
        if (!allowed) return Refusal.Of("role_forbidden");
        if (await Waits(work, id, stop) is null) return Refusal.Of("not_found");
        return await database.WriteOrRefuse<bool>(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Drop, new { id, By = work.Member.Id, Now = clock.NowMs() }, tx.Handle) == 0) return Refusal.Of("not_found");
            await log.Write(tx, new Operation("settlement.payment_withdrawn", work.Actor, id, Before: "waiting"));
            return true;
        }, stop);
    }

    /// <summary>Newest first: of an office its own, at the platform the corrections.</summary>
    public async Task<IReadOnlyList<PartnerPayment>> All(StaffAtWork work, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = work.Town is { } town
            ? await connection.QueryAsync<Row>($"{Columns} where municipality = @Code order by made_ms desc, id limit @Most", new { town.Code, Most })
            : await connection.QueryAsync<Row>($"{Columns} where kind = 'correction' order by made_ms desc, id limit @Most", new { Most });
        return [.. rows.Select(r => r.Read())];
    }

    private async Task<PartnerPayment?> Waits(StaffAtWork work, Guid id, CancellationToken stop) =>
        (await All(work, stop)).FirstOrDefault(p => p.Id == id && p.State == PaymentState.Waiting && p.Kind == KindOf(work));

    private static PaymentKind KindOf(StaffAtWork work) => work.Town is null ? PaymentKind.Correction : PaymentKind.Payment;

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public PartnerId Partner { get; init; }
        public string Municipality { get; init; } = "";
        public long Amount { get; init; }
        public DateOnly Day { get; init; }
        public string Note { get; init; } = "";
        public string State { get; init; } = "";
        public int? BookMonth { get; init; }
        public StaffId Maker { get; init; }
        public long MadeMs { get; init; }

        public PartnerPayment Read() => new(Id, Words<PaymentKind>.Stored(Kind), Partner, MunicipalityCode.Trusted(Municipality), Amount, Day, Note, Words<PaymentState>.Stored(State),
            BookMonth is { } month ? new SettlementMonth(month) : null, Maker, MadeMs);
    }
}
