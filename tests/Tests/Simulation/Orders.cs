using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.Tests.Simulation;

/// <summary>
/// What comes into people's minds, by seed: grants from budgets, exchanges of two partners, moves out of the pool, uses at two shops, tickets that
/// are issued, used and taken back, cancels by the right and the wrong shop, the same again, another thing under an old id.
/// </summary>
internal sealed class Orders
{
    private const string RowSql = "insert into sim_row(id) values (@SimId)";
    private const string RowsSql = "insert into sim_row(id) select * from unnest(@SimId)";
    private readonly Random random;
    private readonly MunicipalityCode[] issuers;
    private readonly AcceptorId[] shops;
    private readonly PartnerId[] partners;
    private readonly Actor till;

    public Orders(Random random, int citizens, MunicipalityCode[] issuers)
    {
        (this.random, this.issuers) = (random, issuers);
        Citizens = [.. Enumerable.Range(0, citizens).Select(_ => new CitizenId(NewId()))];
        Programmes = [.. issuers.Select(_ => new ProgrammeId(NewId()))];
        shops = [new AcceptorId(NewId()), new AcceptorId(NewId())];
        partners = [new PartnerId(NewId()), new PartnerId(NewId())];
        till = Actor.Of(new TerminalId(NewId()));
    }

    public IReadOnlyList<CitizenId> Citizens { get; }

    public IReadOnlyList<ProgrammeId> Programmes { get; }

    public Order Next(Notebook notebook, TimeProvider clock)
    {
        // In the order of ids: what is drawn must not depend on who was answered first.
        var accepted = notebook.Accepted.OrderBy(a => a.Order.Id.Value).ToList();
        var uses = accepted.Where(a => a.Order.Kind == Record.Use).ToList();
        var tickets = accepted.Where(a => a.Order.Kind == Record.TicketIssue).ToList();
        return random.Next(32) switch
        {
            < 6 => Grant(clock),
            < 13 => Use(new TransferId(NewId()), Any(Citizens)),
            < 16 when uses.Count > 0 => Cancel(Any(uses)),
            < 18 when accepted.Count > 0 => Any(accepted).Order,
            18 when accepted.Count > 0 => Other(Any(accepted).Order),
            < 21 => Exchange(clock),
            < 24 => Move(clock),
            < 28 => TicketIssue(),
            < 30 when tickets.Count > 0 => TicketUse(Any(tickets)),
            < 32 when tickets.Count > 0 => TicketReturn(Any(tickets)),
            _ => Grant(clock),
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

    private Order Cancel((Order Order, Posted Answer) use)
    {
        var (id, shop) = (new TransferId(NewId()), Any(shops));
        return new Order(id, Record.Cancel, use.Order.Citizen, use.Answer.Amount.Value, false, house =>
            house.Ledger.Post(Transfer.Cancel(id, use.Answer.Receipt.Bucket, use.Order.Id, shop, new ReturnRule(), till)));
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

    private Order TicketIssue()
    {
        var (id, citizen, issuer, amount, office, row) = (new TransferId(NewId()), Any(Citizens), Any(issuers), random.Next(1, 150), Any(shops), random.Next(2) == 0);
        var issue = Transfer.TicketIssue(id, citizen, issuer, new Points(amount), office, till) with
        {
            Companions = row ? [new Companion(RowSql, [("SimId", id)], 1, Refusal.Of("token_expired"), RowsSql)] : [],
        };
        return new Order(id, Record.TicketIssue, citizen, amount, row, house => house.Ledger.Post(issue));
    }

    private Order TicketUse((Order Order, Posted Answer) ticket)
    {
        var id = new TransferId(NewId());
        var use = Transfer.TicketUse(id, ticket.Order.Citizen, Account.Ticket(ticket.Answer.Issuer, ticket.Order.Id), ticket.Answer.Amount, Any(shops), till);
        return new Order(id, Record.TicketUse, ticket.Order.Citizen, ticket.Answer.Amount.Value, false, house => house.Ledger.Post(use));
    }

    private Order TicketReturn((Order Order, Posted Answer) ticket)
    {
        var id = new TransferId(NewId());
        var back = Transfer.TicketReturn(id, ticket.Answer.Receipt.Bucket, ticket.Order.Id, Any(shops), till);
        return new Order(id, Record.TicketReturn, ticket.Order.Citizen, null, false, house => house.Ledger.Post(back));
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

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        (bytes[6], bytes[8]) = ((byte)(0x40 | bytes[6] & 0x0F), (byte)(0x80 | bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
