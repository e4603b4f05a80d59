namespace MyKey.Ledger;

/// <summary>Order in which lots are used (K-06).</summary>
public enum ConsumeOrder { GrantDate, EarliestExpiry }

/// <summary>Where the points of a lot come from, kept so that settlement knows who pays (S2-P12a).</summary>
/// <param name="Rate">Partner points to municipal points, e.g. 1:1; 0:0 where there was no exchange.</param>
public sealed record LotSource(SourceKind Kind, PartnerId? Partner = null, (int Partner, int Municipal) Rate = default);

public enum SourceKind { Grant = 1, Exchange = 2, Returned = 3 }

/// <summary>Dates and source of the lot that a transfer makes. Usable up to and including <paramref name="ExpiresOn"/>, 24:00 JST.</summary>
public sealed record NewLot(DateOnly ExpiresOn, LotSource Source);

/// <summary>The lot that an exchange makes: whose points it was and at which rate (S2-P12a).</summary>
public sealed record ExchangedLot(DateOnly ExpiresOn, PartnerId Partner, (int Partner, int Municipal) Rate)
{
    internal NewLot NewLot => new(ExpiresOn, new LotSource(SourceKind.Exchange, Partner, Rate));
}

/// <summary>What a cancel does with a lot that has lapsed meanwhile (S0-1014c).</summary>
/// <param name="GraceDays">The new lot expires on the cancel day plus these.</param>
/// <param name="PrivateIssuer">Then never later than 6 months after the points were first issued (Payment Services Act, art. 4).</param>
public sealed record ReturnRule(int GraceDays = 30, bool PrivateIssuer = false);

/// <summary>
/// One business action, as it is asked for. The caller makes <see cref="Id"/>: the same id with the same content answers the same again,
/// with other content <c>id_reused</c>.
/// </summary>
public sealed record Transfer
{
    private Transfer(TransferId id, TransferKind kind, Actor actor) => (Id, Kind, Actor) = (id, kind, actor);

    public TransferId Id { get; }

    public TransferKind Kind { get; }

    public Actor Actor { get; }

    /// <summary>The one citizen whom it touches; null for what gives back, which learns it from what it cancels.</summary>
    public CitizenId? Citizen { get; private init; }

    /// <summary>Bucket of what is cancelled; otherwise the citizen's.</summary>
    public int? Bucket { get; private init; }

    public Account From { get; private init; }

    public Account To { get; private init; }

    /// <summary>Zero where the ledger finds the amount.</summary>
    public Points Amount { get; private init; }

    /// <summary>What the issuer adds to the citizen's points out of the budget of <see cref="Programme"/> (S2-P8h).</summary>
    public Points Premium { get; private init; }

    /// <summary>What a limit pays of it: the premium alone, where citizen and issuer pay together.</summary>
    internal Points FromLimit => Kind == TransferKind.Voucher ? Premium : Amount;

    /// <summary>Whose points move; of what leaves the pool, whose they become.</summary>
    internal MunicipalityCode Issuer => From.Issuer == MunicipalityCode.Pool ? To.Issuer : From.Issuer;

    internal bool FindsAmount => DueOnly || Kind is TransferKind.Premium or TransferKind.Cancel or TransferKind.Expire or TransferKind.Void or TransferKind.TicketReturn or TransferKind.Release;

    public AcceptorId? Acceptor { get; init; }

    public TerminalId? Terminal { get; init; }

    public ProgrammeId? Programme { get; init; }

    public TransferId? Cancels { get; private init; }

    /// <summary>What its holder gets of the round at most, all premiums together (S3-03).</summary>
    internal Points Cap { get; private init; }

    /// <summary>What kind of transfer this one gives back, if it does.</summary>
    internal TransferKind Undoes { get; private init; } = TransferKind.Use;

    /// <summary>The pledge that a capture takes from.</summary>
    internal TransferId? Pledged => Kind == TransferKind.Capture ? new TransferId(From.Owner) : null;

    /// <summary>The one lot that an expire, a void or a claim empties, or from which a recall takes.</summary>
    public LotId? Lot { get; private init; }

    public NewLot? NewLot { get; private init; }

    /// <summary>Where lots are moved: the last day of the new ones, which then begin today; null where they keep their dates.</summary>
    public DateOnly? NewExpiry { get; private init; }

    /// <summary>A move takes all that is past its last day, and nothing else.</summary>
    internal bool DueOnly { get; private init; }

    public ReturnRule Return { get; private init; } = new();

    public ConsumeOrder Order { get; init; }

    /// <summary>The dated settings in force, canonical text such as <c>consume.order=grant_date</c>; stored in the record (Z1).</summary>
    public string Settings { get; init; } = "";

    /// <summary>Not posted at or after this instant (ms UTC): the lease of a limit runs out.</summary>
    public long NotAfterMs { get; init; } = long.MaxValue;

    /// <summary>A slice's own rows, written in the same transaction.</summary>
    public IReadOnlyList<Companion> Companions { get; init; } = [];

    /// <summary>Points of <paramref name="issuer"/> pay at an acceptor (S0-4016a).</summary>
    public static Transfer Use(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, AcceptorId acceptor, Actor actor) =>
        Use(id, citizen, Account.Holding(issuer, citizen), amount, acceptor, actor);

    /// <summary>The same out of any account that may pay: a holding, or an event's points (S0-5010a).</summary>
    public static Transfer Use(TransferId id, CitizenId citizen, Account from, Points amount, AcceptorId acceptor, Actor actor) =>
        Move(id, TransferKind.Use, citizen, from, Account.Acceptor(from.Issuer, acceptor), amount, actor) with { Acceptor = acceptor };

    /// <summary>A municipality gives points from a programme (S0-1006b).</summary>
    public static Transfer Grant(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, ProgrammeId programme, NewLot lot, Actor actor) =>
        Move(id, TransferKind.Grant, citizen, Account.Budget(issuer, programme), Account.Holding(issuer, citizen), amount, actor) with { Programme = programme, NewLot = lot };

    /// <summary>A programme grants what its citizen has still to receive, until the last day of the lot (S1-24).</summary>
    public static Transfer Entitle(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, ProgrammeId programme, DateOnly lastDay, Actor actor) =>
        Move(id, TransferKind.Grant, citizen, Account.Budget(issuer, programme), Account.Entitlement(issuer, programme), amount, actor) with { Programme = programme, NewLot = new NewLot(lastDay, new LotSource(SourceKind.Grant)) };

    /// <summary>One entitlement, whole, is ordered from a payment service (S1-37, S1-42a).</summary>
    public static Transfer Payout(TransferId id, CitizenId citizen, Account entitlement, Points amount, LotId lot, PaymentServiceId service, Actor actor) =>
        Move(id, TransferKind.Payout, citizen, entitlement, Account.PaymentService(entitlement.Issuer, service), amount, actor) with { Lot = lot, Programme = new ProgrammeId(entitlement.Owner) };

    /// <summary>Gives a payout back to its entitlement: the service has not granted it (S1-43). Once.</summary>
    public static Transfer PayoutReturn(TransferId id, int bucket, TransferId cancels, ProgrammeId programme, ReturnRule rule, Actor actor) =>
        new(id, TransferKind.Cancel, actor) { Bucket = bucket, Cancels = cancels, Programme = programme, Return = rule, Undoes = TransferKind.Payout };

    /// <summary>
    /// The State pays a premium to the one payment service that somebody has chosen: what was earned, or what is left to the cap if that is less (S3-02, S3-03). No lot, for nobody holds it here.
    /// The budget of the round is a limit, which the ledger takes from itself, with the whole batch.
    /// </summary>
    /// <param name="holder">Who gets premiums of a round: the id of the application, of which the ledger knows nothing more (docs/adr/0012).</param>
    /// <param name="points">What was earned, 1 at least, and the most of the round.</param>
    public static Transfer PayPremium(TransferId id, CitizenId holder, ProgrammeId round, PaymentServiceId service, (Points Earned, Points Cap) points, Actor actor) =>
        Move(id, TransferKind.Premium, holder, Account.Budget(MunicipalityCode.State, round), Account.PaymentService(MunicipalityCode.State, service), points.Earned, actor) with
        {
            Programme = round,
            Cap = points.Cap,
            Settings = PremiumCap.Text(points.Cap),
        };

    /// <summary>Takes a premium back: the purchase was undone. All that this one gave, once; what a cap withheld from others meanwhile stays withheld.</summary>
    public static Transfer PremiumReturn(TransferId id, int bucket, TransferId cancels, ProgrammeId round, Actor actor) =>
        new(id, TransferKind.Cancel, actor) { Bucket = bucket, Cancels = cancels, Programme = round, Undoes = TransferKind.Premium };

    /// <summary>One entitlement, whole, becomes points of its municipality, whose days begin with this one (K-25).</summary>
    public static Transfer Receive(TransferId id, CitizenId citizen, Account entitlement, Points amount, LotId lot, DateOnly expiresOn, Actor actor) =>
        MoveInto(id, citizen, entitlement, Account.Holding(entitlement.Issuer, citizen), amount, expiresOn, actor) with { Lot = lot, Programme = new ProgrammeId(entitlement.Owner) };

    /// <summary>
    /// Takes what is not spent of a wrong grant back into its budget (Z2): out of the lot that the grant made, and of what a late cancel put in its place, but no
    /// other. What is spent, in a ticket or lapsed is not there any more.
    /// </summary>
    public static Transfer Recall(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, ProgrammeId programme, LotId lot, Actor actor) =>
        Recall(id, citizen, Account.Holding(issuer, citizen), amount, programme, lot, actor);

    /// <summary>The same from what has not been received yet: all of it.</summary>
    public static Transfer Recall(TransferId id, CitizenId citizen, Account from, Points amount, ProgrammeId programme, LotId lot, Actor actor) =>
        Move(id, TransferKind.Recall, citizen, from, Account.Budget(from.Issuer, programme), amount, actor) with { Programme = programme, Lot = lot };

    /// <summary>Gives a use back to the same lots (S0-1014a). Only the acceptor that took it may (S0-1014b).</summary>
    public static Transfer Cancel(TransferId id, int bucket, TransferId cancels, AcceptorId acceptor, ReturnRule rule, Actor actor) =>
        new(id, TransferKind.Cancel, actor) { Bucket = bucket, Cancels = cancels, Acceptor = acceptor, Return = rule };

    /// <summary>A partner's points become points of the issuer, <paramref name="amount"/> of them (S2-P12a).</summary>
    /// <param name="issuer">The pool where no municipality is chosen yet: then they are reserved.</param>
    public static Transfer Exchange(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, ExchangedLot lot, Actor actor) => issuer == MunicipalityCode.Pool
        ? Reserve(id, citizen, amount, lot, actor)
        : Move(id, TransferKind.Exchange, citizen, Account.Partner(issuer, lot.Partner), Account.Holding(issuer, citizen), amount, actor) with { NewLot = lot.NewLot };

    /// <summary>A partner's points become reserved points; the lot's date is the last day on which the citizen chooses (S0-1010a, S0-1010c).</summary>
    public static Transfer Reserve(TransferId id, CitizenId citizen, Points amount, ExchangedLot lot, Actor actor) =>
        Move(id, TransferKind.Exchange, citizen, Account.Partner(lot.Partner), Account.Reserved(citizen), amount, actor) with { NewLot = lot.NewLot };

    /// <summary>
    /// Reserved points become points of a municipality; their days begin with this one (S0-1010b, S0-4033b). Also after their date, so that a late job
    /// loses nothing. Those whose last day is nearest go first.
    /// </summary>
    public static Transfer MoveReserved(TransferId id, CitizenId citizen, MunicipalityCode to, Points amount, DateOnly expiresOn, Actor actor) =>
        MoveInto(id, citizen, Account.Reserved(citizen), Account.Holding(to, citizen), amount, expiresOn, actor);

    /// <summary>Reserved points become points of an event, good until its last day (S0-5009b).</summary>
    public static Transfer MoveReserved(TransferId id, CitizenId citizen, Account supported, Points amount, DateOnly lastDay, Actor actor) =>
        MoveInto(id, citizen, Account.Reserved(citizen), supported, amount, lastDay, actor);

    /// <summary>All reserved points past their last day go (S0-1010d). How many they are, the ledger finds: what the citizen moves at the same instant is not moved again.</summary>
    public static Transfer MoveDue(TransferId id, CitizenId citizen, MunicipalityCode to, DateOnly expiresOn, Actor actor) =>
        MoveReserved(id, citizen, to, Points.Zero, expiresOn, actor) with { DueOnly = true };

    /// <summary>What is left of an event's points after its last day becomes points of the municipality that is paid for them (H-D2).</summary>
    public static Transfer MoveLeftOver(TransferId id, CitizenId citizen, Account supported, DateOnly expiresOn, Actor actor) =>
        MoveInto(id, citizen, supported, Account.Holding(supported.Issuer, citizen), Points.Zero, expiresOn, actor) with { DueOnly = true };

    /// <summary>Points go into a ticket, which is known by <paramref name="id"/> from then on; the lots keep their dates (S0-4016b).</summary>
    /// <param name="office">Where it is issued, and only there taken back (S0-4024).</param>
    public static Transfer TicketIssue(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, AcceptorId office, Actor actor) =>
        Move(id, TransferKind.TicketIssue, citizen, Account.Holding(issuer, citizen), Account.Ticket(issuer, id), amount, actor) with { Acceptor = office };

    /// <summary>A ticket pays at an acceptor (S0-4021).</summary>
    public static Transfer TicketUse(TransferId id, CitizenId citizen, Account ticket, Points amount, AcceptorId acceptor, Actor actor) =>
        Move(id, TransferKind.TicketUse, citizen, ticket, Account.Acceptor(ticket.Issuer, acceptor), amount, actor) with { Acceptor = acceptor };

    /// <summary>Gives what is in a ticket back to the lots that it came from (S0-4024): what has not lapsed, once.</summary>
    public static Transfer TicketReturn(TransferId id, int bucket, TransferId issue, AcceptorId office, Actor actor) =>
        new(id, TransferKind.TicketReturn, actor) { Bucket = bucket, Cancels = issue, Acceptor = office, Undoes = TransferKind.TicketIssue };

    /// <summary>Points become existing paper that a desk hands out (S4-08a).</summary>
    public static Transfer Voucher(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, AcceptorId desk, Actor actor) =>
        Move(id, TransferKind.Voucher, citizen, Account.Holding(issuer, citizen), Account.VoucherDesk(issuer, desk), amount, actor) with { Acceptor = desk };

    /// <summary>The same with what the issuer adds out of a programme's budget (S2-P8h); it is posted by <see cref="Limits.Post"/>.</summary>
    public Transfer WithPremium(ProgrammeId programme, Points premium) => this with { Programme = programme, Premium = premium };

    /// <summary>Gives a voucher's points back to the same lots and the premium to its budget: the paper is back (S4-08c). Once.</summary>
    /// <param name="desk">Where it was handed out.</param>
    /// <param name="programme">Whose budget paid the premium; null: none was paid.</param>
    public static Transfer VoucherReturn(TransferId id, int bucket, TransferId cancels, AcceptorId desk, ProgrammeId? programme, ReturnRule rule, Actor actor) =>
        Cancel(id, bucket, cancels, desk, rule, actor) with { Undoes = TransferKind.Voucher, Programme = programme };

    /// <summary>Points go onto a street card (S2-P7j).</summary>
    /// <param name="cardOperator">Whose centre charges the card.</param>
    public static Transfer Charge(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, Guid cardOperator, Actor actor) =>
        Move(id, TransferKind.Charge, citizen, Account.Holding(issuer, citizen), Account.CardCentre(issuer, cardOperator), amount, actor);

    /// <summary>Gives a charge back to the same lots: the centre has not charged. Once.</summary>
    public static Transfer ChargeReturn(TransferId id, int bucket, TransferId cancels, ReturnRule rule, Actor actor) =>
        new(id, TransferKind.Cancel, actor) { Bucket = bucket, Cancels = cancels, Return = rule, Undoes = TransferKind.Charge };

    /// <summary>Points are set aside for an online site, known by <paramref name="id"/> from then on; the lots keep their dates (S0-4010b, S4-13a).</summary>
    /// <param name="acceptor">Who may capture them, and nobody else.</param>
    public static Transfer Pledge(TransferId id, CitizenId citizen, MunicipalityCode issuer, Points amount, AcceptorId acceptor, Actor actor) =>
        Move(id, TransferKind.Pledge, citizen, Account.Holding(issuer, citizen), Account.Pledge(issuer, id), amount, actor) with { Acceptor = acceptor };

    /// <summary>The whole of a pledge, or part of it, pays (S4-12a); what was pledged first is taken first.</summary>
    public static Transfer Capture(TransferId id, CitizenId citizen, Account pledge, Points amount, AcceptorId acceptor, Actor actor) =>
        Move(id, TransferKind.Capture, citizen, pledge, Account.Acceptor(pledge.Issuer, acceptor), amount, actor) with { Acceptor = acceptor };

    /// <summary>Gives what is left in a pledge back to the lots that it came from, once; what has lapsed meanwhile stays lapsed, as with a ticket.</summary>
    public static Transfer Release(TransferId id, int bucket, TransferId pledge, AcceptorId acceptor, Actor actor) =>
        new(id, TransferKind.Release, actor) { Bucket = bucket, Cancels = pledge, Acceptor = acceptor, Undoes = TransferKind.Pledge };

    /// <summary>
    /// Gives part of what was captured back to the lots that it came from, as a cancel does (M-D1). There may be several, of no more than was captured;
    /// what was taken last goes back first, as if less had been captured.
    /// </summary>
    public static Transfer Refund(TransferId id, int bucket, TransferId capture, Points amount, AcceptorId acceptor, ReturnRule rule, Actor actor) =>
        new(id, TransferKind.Refund, actor) { Bucket = bucket, Cancels = capture, Amount = amount, Acceptor = acceptor, Return = rule, Undoes = TransferKind.Capture };

    /// <summary>Points of a municipality are given to it (S0-4047).</summary>
    public static Transfer Donate(TransferId id, CitizenId citizen, MunicipalityCode municipality, Points amount, Actor actor) =>
        Move(id, TransferKind.Donate, citizen, Account.Holding(municipality, citizen), Account.Donation(municipality), amount, actor);

    /// <summary>Takes what is left of a lot after its date (S0-4033a). The id follows from the lot and the day, so a job may run twice.</summary>
    public static Transfer Expire(CitizenId citizen, Account from, LotId lot, DateOnly today) =>
        Move(Ids.Named<TransferId>([.. lot.Value.Bytes(), .. today.Bytes()]), TransferKind.Expire, citizen, from, Account.Expired(from.Issuer), Points.Zero, Actor.Job("expire")) with { Lot = lot };

    /// <summary>Takes all that is left of a lot whose citizen gave up the MyKeyId (S0-5017).</summary>
    public static Transfer Void(TransferId id, CitizenId citizen, Account from, LotId lot, Actor actor) =>
        Move(id, TransferKind.Void, citizen, from, Account.Void(from.Issuer), Points.Zero, actor) with { Lot = lot };

    private static Transfer MoveInto(TransferId id, CitizenId citizen, Account from, Account to, Points amount, DateOnly expiresOn, Actor actor) =>
        Move(id, TransferKind.Move, citizen, from, to, amount, actor) with
        {
            NewExpiry = expiresOn,
            Order = ConsumeOrder.EarliestExpiry,
            Settings = "consume.order=earliest_expiry",
        };

    /// <summary>A movement of any kind between any two accounts; the table of directions decides whether there is such a way.</summary>
    public static Transfer Move(TransferId id, TransferKind kind, CitizenId citizen, Account from, Account to, Points amount, Actor actor) =>
        new(id, kind, actor) { Citizen = citizen, From = from, To = to, Amount = amount };
}

/// <summary>
/// A parameterised statement that a slice needs in the same transaction. It runs when the transfer is accepted; if it touches another number
/// of rows than <paramref name="Rows"/>, the transfer is refused with <paramref name="Otherwise"/> and none of its statements stays.
/// </summary>
/// <param name="Many">
/// The same for many transfers in one statement, PostgreSQL: each parameter is then an array, <c>unnest</c>ed. It is tried first; if it touches
/// another number of rows than all of them together, each runs alone. No value may be null. Null: always alone.
/// </param>
public sealed record Companion(string Sql, IReadOnlyList<(string Name, object? Value)> Parameters, int Rows, Refusal Otherwise, string? Many = null);

/// <summary>The ledger's yes.</summary>
/// <param name="BalanceAfter">What the citizen can still use of this issuer's points on that day.</param>
/// <param name="Repeated">The transfer had been accepted before; this is its answer again.</param>
public sealed record Posted(TransferId Id, ReceiptNumber Receipt, TransferKind Kind, MunicipalityCode Issuer, Points Amount, Points BalanceAfter,
    long TimeMs, TransferId? Cancels, bool Repeated);
