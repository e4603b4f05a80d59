using System.Globalization;
using Dapper;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Offers;

/// <summary>The life of an offer (S1-S1): prepared, published when nothing is missing that a resident needs (S1-03), closed. Each step has a line in the operation log.</summary>
public sealed class SaveOffer(Database database, ProgrammeList programmes, Limits limits, OperationLog log, TimeProvider clock)
{
    private const string Insert = """
        insert into inc_offer(programme, municipality, state, title, category, summary, conditions, points, apply_from, apply_until, late_until, claim_until, screening, delivery,
          contact, contact_number, contact_mailbox, search_text, changed_ms)
        values (@Programme, @Municipality, 'draft', @Title, @Category, @Summary, @Conditions, @Points, @ApplyFrom, @ApplyUntil, @LateUntil, @ClaimUntil, @Screening, @Delivery,
          @Contact, @ContactNumber, @ContactMailbox, @SearchText, @ChangedMs)
        on conflict(programme) do update set title = excluded.title, category = excluded.category, summary = excluded.summary, conditions = excluded.conditions, points = excluded.points,
          apply_from = excluded.apply_from, apply_until = excluded.apply_until, late_until = excluded.late_until, claim_until = excluded.claim_until, screening = excluded.screening,
          delivery = excluded.delivery, contact = excluded.contact, contact_number = excluded.contact_number, contact_mailbox = excluded.contact_mailbox,
          search_text = excluded.search_text, changed_ms = excluded.changed_ms
        """;

    private const string Service = """
        insert into inc_offer_service(programme, service, from_day, until_day) values (@Programme, @Service, @From, @Until)
        on conflict(programme, service) do update set from_day = excluded.from_day, until_day = excluded.until_day
        """;

    /// <summary>A draft, or what may still change of a published one: its texts, and longer days.</summary>
    /// <returns>The offer; <c>not_found</c> for a programme of somebody else, <c>offer_fixed</c>.</returns>
    public async Task<Result<Offer>> Write(Offer wanted, Actor by, CancellationToken stop = default)
    {
        if (await programmes.Find(wanted.Programme, stop) is not { } programme || programme.Municipality != wanted.Municipality) return Refusal.Of("not_found");
        return await database.WriteOrRefuse<Offer>(async tx =>
        {
            var before = await Locked(tx, wanted.Programme);
            var after = wanted with { State = before?.State ?? OfferState.Draft };
            if (before == after) return after;
            if (before is { State: not OfferState.Draft } && !MayBecome(before, after)) return Refusal.Of("offer_fixed");
            await tx.Connection.ExecuteAsync(Insert, Row(after), tx.Handle);
            await log.Write(tx, new Operation("offer.saved", by, after.Programme.Value, Before: before is null ? null : Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    /// <summary>What a resident needs and does not find yet, by field (S1-03); empty: it can be published.</summary>
    public async Task<IReadOnlyList<string>> Missing(Offer offer, CancellationToken stop = default)
    {
        var programme = Must.Have(await programmes.Find(offer.Programme, stop), "an offer has a programme");
        var budget = await limits.Read(LimitId.Budget(offer.Programme)) ?? new LimitState(Points.Zero, Points.Zero);
        await using var connection = await database.Open(stop);
        var services = await connection.ExecuteScalarAsync<long>("select count(*) from inc_offer_service where programme = @Programme", new { offer.Programme });
        return [.. Lacks(offer, programme, budget, services).Where(l => l.Lacks).Select(l => l.Field)];
    }

    /// <returns>The offer; <c>field_required</c> (field) for the first that is missing, <c>out_of_period</c> (from, until) when its days are over, <c>offer_fixed</c> for a closed one, <c>not_found</c>.</returns>
    public Task<Result<Offer>> Publish(MunicipalityCode municipality, ProgrammeId id, Actor by, CancellationToken stop = default) => Change(municipality, id, async (tx, found) =>
    {
        if (found.State == OfferState.Published) return found;
        if (found.State == OfferState.Closed) return Refusal.Of("offer_fixed");
        if (await Missing(found, stop) is [var field, ..]) return Refusal.Of("field_required", ("field", field));
        if (found.Days.ApplyUntil < clock.Today()) return found.TakesOn(clock.Today())!;
        return await Become(tx, found, OfferState.Published, by);
    }, stop);

    /// <summary>Nobody applies any more; who has applied is still decided about.</summary>
    /// <returns>The offer; <c>not_found</c>, also for a draft.</returns>
    public Task<Result<Offer>> Close(MunicipalityCode municipality, ProgrammeId id, Actor by, CancellationToken stop = default) => Change(municipality, id, async (tx, found) =>
        found.State == OfferState.Closed ? found
        : found.State == OfferState.Draft ? Refusal.Of("not_found")
        : await Become(tx, found, OfferState.Closed, by), stop);

    /// <summary>A payment service by which the programme may be received, from a day on; later ones may come, some end (S1-36, S1-41).</summary>
    /// <returns>The offer; <c>not_found</c>, <c>out_of_period</c> (from, until) when it would end before it begins.</returns>
    public Task<Result<Offer>> SetService(MunicipalityCode municipality, ProgrammeId id, OfferPaymentService service, Actor by, CancellationToken stop = default) => Change(municipality, id, async (tx, found) =>
    {
        if (service.Until < service.From) return Shared.Refusals.Periods.Outside(service.From, service.Until.Value);
        await tx.Connection.ExecuteAsync(Service, new { Programme = id, service.Service, service.From, service.Until }, tx.Handle);
        await log.Write(tx, new Operation("offer.service_set", by, id.Value, After: string.Create(CultureInfo.InvariantCulture, $"{service.Service.Value} from {service.From:yyyy-MM-dd} until {service.Until:yyyy-MM-dd}").Trim()));
        return found;
    }, stop);

    private Task<Result<Offer>> Change(MunicipalityCode municipality, ProgrammeId id, Func<Transaction, Offer, Task<Result<Offer>>> work, CancellationToken stop) =>
        database.WriteOrRefuse(async tx => await Locked(tx, id) is { } found && found.Municipality == municipality ? await work(tx, found) : Refusal.Of("not_found"), stop);

    private async Task<Offer> Become(Transaction tx, Offer found, OfferState state, Actor by)
    {
        await tx.Connection.ExecuteAsync("update inc_offer set state = @state, changed_ms = @now where programme = @Programme", new { state = Words<OfferState>.Of(state), now = clock.NowMs(), found.Programme }, tx.Handle);
        await log.Write(tx, state == OfferState.Published
            ? new Operation("offer.published", by, found.Programme.Value, Before: Words<OfferState>.Of(found.State), After: Short(found))
            : new Operation("offer.closed", by, found.Programme.Value, Before: Words<OfferState>.Of(found.State)));
        return found with { State = state };
    }

    /// <summary>Of what residents have read, only texts change, and days become longer.</summary>
    private static bool MayBecome(Offer before, Offer after) =>
        before.State == OfferState.Published && before.Terms == after.Terms && before.Days.ApplyFrom == after.Days.ApplyFrom && after.Days.ApplyUntil >= before.Days.ApplyUntil
        && (before.Days.ClaimUntil is null || after.Days.ClaimUntil >= before.Days.ClaimUntil)
        && after.Texts.Category.Length > 0 && after.Texts.Summary.Length > 0 && after.Texts.Conditions.Length > 0 && after.Texts.Contact.Complete;

    private static IEnumerable<(string Field, bool Lacks)> Lacks(Offer offer, Programme programme, LimitState budget, long services) =>
    [
        ("category", offer.Texts.Category.Length == 0), ("summary", offer.Texts.Summary.Length == 0), ("conditions", offer.Texts.Conditions.Length == 0),
        ("points", offer.Terms.Amount is null), ("contact", !offer.Texts.Contact.Complete), ("claim_until", offer.IsClaimed && offer.Days.ClaimUntil is null),
        ("services", offer.Terms.Delivery == Delivery.PaymentService && services == 0),
        // Who asks for a proof has somebody look at it.
        ("screening", offer.Terms.Screening == Screening.None && programme.Rules.Eligibility == Eligibility.Proof),
        ("programme_until", programme.State == ProgrammeState.Closed || programme.Until < offer.Days.Last), ("budget", budget.Total < (offer.Terms.Amount ?? new Points(1))),
    ];

    private static async Task<Offer?> Locked(Transaction tx, ProgrammeId id)
    {
        await tx.Connection.ExecuteAsync("update inc_offer set state = state where programme = @Programme", new { Programme = id }, tx.Handle);
        return (await tx.Connection.QuerySingleOrDefaultAsync<OfferRow>(OfferRow.ById, new { Programme = id }, tx.Handle))?.Read();
    }

    private object Row(Offer o) => new
    {
        o.Programme, o.Municipality, o.Texts.Title, o.Texts.Category, o.Texts.Summary, o.Texts.Conditions, Points = o.Terms.Amount, o.Days.ApplyFrom, o.Days.ApplyUntil, o.Days.LateUntil, o.Days.ClaimUntil,
        Screening = Words<Screening>.Of(o.Terms.Screening), Delivery = Words<Delivery>.Of(o.Terms.Delivery), Contact = o.Texts.Contact.Desk, ContactNumber = o.Texts.Contact.Number,
        ContactMailbox = o.Texts.Contact.Mailbox, SearchText = OfferText.Searched($"{o.Texts.Title} {o.Texts.CategoryName} {o.Texts.Summary} {o.Texts.Conditions}"), ChangedMs = clock.NowMs(),
    };

    private static string Short(Offer o) => string.Create(CultureInfo.InvariantCulture,
        $"{o.Municipality} {o.Days.ApplyFrom:yyyy-MM-dd} to {o.Days.ApplyUntil:yyyy-MM-dd} late {o.Days.LateUntil:yyyy-MM-dd} claim {o.Days.ClaimUntil:yyyy-MM-dd} {o.Terms.Amount?.Value} {Words<Screening>.Of(o.Terms.Screening)} {Words<Delivery>.Of(o.Terms.Delivery)} {o.Texts.Category} {o.Texts.Title}");
}
