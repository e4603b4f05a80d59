using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>
/// What comes into people's minds, by seed: grants from budgets, exchanges of two partners, moves out of the pool to municipalities and events, uses at
/// two shops, vouchers with and without premium, charges of a card, donations, what becomes void, cancels by the right and the wrong shop, the same again, another thing
/// under an old id; what is held for later, and what is still to be received (the other files).
/// </summary>
internal sealed partial class Orders
{
    private const string RowSql = "insert into sim_row(id) values (@SimId)";
    private const string RowsSql = "insert into sim_row(id) select * from unnest(@SimId)";
    private readonly Random random;
    private readonly MunicipalityCode[] issuers;
    private readonly AcceptorId[] shops;
    private readonly PartnerId[] partners;
    private readonly Actor till;
    private readonly Guid cardOperator;

    public Orders(Random random, int citizens, MunicipalityCode[] issuers)
    {
        (this.random, this.issuers) = (random, issuers);
        Citizens = [.. Enumerable.Range(0, citizens).Select(_ => new CitizenId(NewId()))];
        Programmes = [.. issuers.Select(_ => new ProgrammeId(NewId())), Round];
        shops = [new AcceptorId(NewId()), new AcceptorId(NewId())];
        partners = [new PartnerId(NewId()), new PartnerId(NewId())];
        till = Actor.Of(new TerminalId(NewId()));
        (cardOperator, Events) = (NewId(), new Events(issuers, new SupportEventId(NewId())));
    }

    public IReadOnlyList<CitizenId> Citizens { get; }

    public IReadOnlyList<ProgrammeId> Programmes { get; }

    public Events Events { get; }

    /// <summary>What a programme adds to a voucher: a tenth, and one point at least.</summary>
    public static long PremiumOf(long amount) => amount / 10 + 1;

    public Order Next(Notebook notebook, TimeProvider clock)
    {
        var accepted = notebook.Accepted;
        return random.Next(72) switch
        {
            >= 68 => Premium(notebook),
            < 9 => Grant(clock),
            < 17 => Use(new TransferId(NewId()), Any(Citizens)),
            < 20 => EventUse(clock),
            < 24 when accepted.Count > 0 => Any(accepted).Order,
            24 when accepted.Count > 0 => Other(Any(accepted).Order),
            < 28 => Exchange(clock),
            < 31 => Move(clock),
            < 33 => EventMove(clock),
            < 36 => Voucher(),
            36 => Charge(),
            37 => Void(notebook) ?? Charge(),
            38 => Donate(),
            39 => Recall(notebook) ?? Grant(clock),
            < 45 => Cancel(notebook) ?? Grant(clock),
            >= 60 => ToReceive(notebook, clock),
            _ => Held(notebook) ?? Grant(clock),
        };
    }

    private Order Grant(TimeProvider clock)
    {
        var (id, citizen, which, amount) = (new TransferId(NewId()), Any(Citizens), random.Next(issuers.Length), random.Next(1, 400));
        var expires = clock.Today().AddDays(random.Next(1, 12));
        return new Order(id, Record.Grant, citizen, amount, false, house => new(house.Limits.Post(LimitId.Budget(Programmes[which]), Transfer.Grant(id, citizen, issuers[which],
            new Points(amount), Programmes[which], new NewLot(expires, new LotSource(SourceKind.Grant)), Actor.Job("simulation")))));
    }

    private Order Use(TransferId id, CitizenId citizen)
    {
        var (issuer, amount, shop, byExpiry, row) = (Any(issuers), random.Next(1, 300), Any(shops), random.Next(3) == 0, random.Next(2) == 0);
        return new Order(id, Record.Use, citizen, amount, row, house => house.Ledger.Post(Transfer.Use(id, citizen, issuer, new Points(amount), shop, till) with
        {
            Order = byExpiry ? ConsumeOrder.EarliestExpiry : ConsumeOrder.GrantDate,
            Settings = byExpiry ? "consume.order=earliest_expiry" : "consume.order=grant_date",
            Companions = row ? [new Companion(RowSql, [("SimId", id)], 1, Refusal.Of("token_expired"), RowsSql)] : [],
        }));
    }

    private Order EventUse(TimeProvider clock)
    {
        var (id, citizen, from, amount, shop) = (new TransferId(NewId()), Any(Citizens), Events.Account(Events.Number(clock.Today())), random.Next(1, 100), Any(shops));
        return new Order(id, Record.Use, citizen, amount, false, house => house.Ledger.Post(Transfer.Use(id, citizen, from, new Points(amount), shop, till)));
    }

    private Order Voucher()
    {
        var (id, citizen, which, amount, desk, added) = (new TransferId(NewId()), Any(Citizens), random.Next(issuers.Length), random.Next(1, 200), Any(shops), random.Next(2) == 0);
        var voucher = Transfer.Voucher(id, citizen, issuers[which], new Points(amount), desk, till);
        if (!added) return new Order(id, Record.Voucher, citizen, amount, false, house => house.Ledger.Post(voucher));
        var with = voucher.WithPremium(Programmes[which], new Points(PremiumOf(amount)));
        return new Order(id, Record.Voucher, citizen, amount + PremiumOf(amount), false, house => new(house.Limits.Post(LimitId.Budget(Programmes[which]), with)))
        {
            Premium = (Programmes[which], new Points(PremiumOf(amount))),
        };
    }

    private Order Charge()
    {
        var (id, citizen, issuer, amount) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 200));
        return new Order(id, Record.Charge, citizen, amount, false, house => house.Ledger.Post(Transfer.Charge(id, citizen, issuer, new Points(amount), cardOperator, Actor.Of(citizen))));
    }

    private Order Donate()
    {
        var (id, citizen, issuer, amount) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 60));
        return new Order(id, Record.Donate, citizen, amount, false, house => house.Ledger.Post(Transfer.Donate(id, citizen, issuer, new Points(amount), Actor.Of(citizen))));
    }

    /// <summary>A use, a voucher with its premium, or a charge goes back.</summary>
    private Order? Cancel(Notebook notebook)
    {
        if (AnyOf(notebook, Record.Use, Record.Use, Record.Voucher, Record.Charge, Record.Payout) is not { } first) return null;
        var (id, shop, bucket, what, rule) = (new TransferId(NewId()), Any(shops), first.Answer.Receipt.Bucket, first.Order.Id, new ReturnRule());
        return new Order(id, Record.Cancel, first.Order.Citizen, first.Answer.Amount.Value, false, house => house.Ledger.Post(first.Order.Kind switch
        {
            Record.Use => Transfer.Cancel(id, bucket, what, shop, rule, till),
            Record.Payout => Transfer.PayoutReturn(id, bucket, what, Programmes[Array.IndexOf(issuers, first.Answer.Issuer)], rule, Actor.Job("simulation")),
            Record.Charge => Transfer.ChargeReturn(id, bucket, what, rule, Actor.Job("simulation")),
            _ => Transfer.VoucherReturn(id, bucket, what, shop, first.Order.Premium?.Programme, rule, till) with
            {
                Companions = first.Order.Premium is { } premium ? [house.Limits.GiveBack(LimitId.Budget(premium.Programme), premium.Points)] : [],
            },
        }));
    }

    /// <summary>Part of a grant was wrong; what is not spent of it goes back to its budget.</summary>
    private Order? Recall(Notebook notebook)
    {
        if (AnyOf(notebook, Record.Grant) is not { } grant) return null;
        var (id, part, programme) = (new TransferId(NewId()), new Points(random.Next(1, (int)grant.Answer.Amount.Value + 1)), Programmes[Array.IndexOf(issuers, grant.Answer.Issuer)]);
        return new Order(id, Record.Recall, grant.Order.Citizen, part.Value, false, async house =>
        {
            var found = Must.Have(await house.Grants.Of(grant.Order.Citizen, grant.Order.Id, house.Clock.Today()), "a grant that was accepted is found");
            return await house.Ledger.Post(Transfer.Recall(id, grant.Order.Citizen, grant.Answer.Issuer, part, programme, found.Lot, Actor.Job("simulation")) with
            {
                Companions = [house.Limits.GiveBack(LimitId.Budget(programme), part)],
            });
        });
    }

    /// <summary>What is left of a grant's lot becomes void, as when its citizen gives up the ID; here the citizen stays, and others of the lots do.</summary>
    private Order? Void(Notebook notebook)
    {
        if (AnyOf(notebook, Record.Grant) is not { } grant) return null;
        var id = new TransferId(NewId());
        return new Order(id, Record.Void, grant.Order.Citizen, null, false, async house =>
        {
            var found = Must.Have(await house.Grants.Of(grant.Order.Citizen, grant.Order.Id, house.Clock.Today()), "a grant that was accepted is found");
            return await house.Ledger.Post(Transfer.Void(id, grant.Order.Citizen, Account.Holding(grant.Answer.Issuer, grant.Order.Citizen), found.Lot, Actor.Job("simulation")));
        });
    }

    private Order Exchange(TimeProvider clock)
    {
        var (id, citizen, issuer, amount) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 200));
        var (lot, reserved) = (new ExchangedLot(clock.Today().AddDays(random.Next(1, 8)), Any(partners), (random.Next(1, 4), 1)), random.Next(3) > 0);
        var exchange = reserved
            ? Transfer.Reserve(id, citizen, new Points(amount), lot, Actor.Job("simulation"))
            : Transfer.Exchange(id, citizen, issuer, new Points(amount), lot, Actor.Job("simulation"));
        return new Order(id, Record.Exchange, citizen, amount, false, house => house.Ledger.Post(exchange));
    }

    private Order Move(TimeProvider clock)
    {
        var (id, citizen, issuer, amount) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 120));
        var (until, due) = (clock.Today().AddDays(random.Next(1, 8)), random.Next(3) == 0);
        var move = due ? Transfer.MoveDue(id, citizen, issuer, until, Actor.Job("simulation")) : Transfer.MoveReserved(id, citizen, issuer, new Points(amount), until, Actor.Of(citizen));
        return new Order(id, Record.Move, citizen, due ? null : amount, false, house => house.Ledger.Post(move));
    }

    private Order EventMove(TimeProvider clock)
    {
        var (id, citizen, number, amount) = (new TransferId(NewId()), Any(Citizens), Events.Number(clock.Today()), random.Next(1, 80));
        var move = Transfer.MoveReserved(id, citizen, Events.Account(number), new Points(amount), Events.LastDay(number), Actor.Of(citizen));
        return new Order(id, Record.Move, citizen, amount, false, house => house.Ledger.Post(move));
    }

    /// <summary>Another amount under an id that is taken: it must be refused, and the refusal changes nothing about the first.</summary>
    private Order Other(Order first)
    {
        var other = Use(first.Id, first.Citizen);
        return first with
        {
            Ask = async house =>
            {
                var answer = await other.Ask(house);
                Wrong.Unless(answer.Refused?.Code is "id_reused" or "busy" || (answer.Ok && first.Kind == Record.Use), $"order {first.Id.Value} asked with other content is answered {Notebook.Say(answer)}");
                return await first.Ask(house);
            },
        };
    }

    private (Order Order, Posted Answer)? AnyOf(Notebook notebook, params long[] kinds)
    {
        var of = notebook.AcceptedOf(Any(kinds));
        return of.Count == 0 ? null : Any(of);
    }

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        (bytes[6], bytes[8]) = ((byte)(0x40 | bytes[6] & 0x0F), (byte)(0x80 | bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
