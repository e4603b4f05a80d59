using System.Globalization;

namespace MyKey.Ledger;

/// <summary>Kinds of account. The numbers stand in records and never change.</summary>
public enum AccountKind
{
    /// <summary>A citizen's points of one municipality; kept in lots. Owner: the citizen.</summary>
    Holding = 1,

    /// <summary>What a programme of the issuer has given out, as a negative balance. Owner: the programme.</summary>
    Budget = 2,

    /// <summary>What an acceptor has taken. Owner: the acceptor.</summary>
    Acceptor = 3,

    /// <summary>Lapsed points of the issuer. No owner.</summary>
    Expired = 4,

    /// <summary>What a partner company has exchanged, as a negative balance. Owner: the partner; issuer: who will be owed for it, or the pool.</summary>
    Partner = 5,

    /// <summary>A citizen's reserved points, no municipality chosen yet (S0-1010a); kept in lots. Owner: the citizen; issuer: the pool.</summary>
    Reserved = 6,

    /// <summary>What citizens have for a support event (S0-5010a); kept in lots, of which each is one citizen's. Owner: the event; issuer: who is paid for it (H-D1).</summary>
    Event = 7,

    /// <summary>What a point ticket is worth (S0-4016b); kept in lots, which are the citizen's. Owner: the ticket.</summary>
    Ticket = 8,

    /// <summary>What a citizen has pledged to an online site, until it is captured or goes back (S0-4010b); kept in lots, which are the citizen's. Owner: the pledge.</summary>
    Pledge = 9,

    /// <summary>What a desk has handed out as vouchers, existing paper (S4-08a). Owner: the desk.</summary>
    VoucherDesk = 10,

    /// <summary>What went onto an outside stored-value card (S2-P7j). Owner: its operator.</summary>
    CardCentre = 11,

    /// <summary>What a payment service was ordered to grant as points of its own (S1-02). Owner: the service.</summary>
    PaymentService = 12,

    /// <summary>Points of people who gave up their MyKeyId (S0-5017). No owner; issuer: whose points they were, or the pool.</summary>
    Void = 13,

    /// <summary>What was given to a municipality (S0-4047). No owner.</summary>
    Donation = 14,

    /// <summary>What a programme has granted and its citizens have not received yet (S1-24); kept in lots, of which each is one citizen's. Owner: the programme.</summary>
    Entitlement = 15,
}

/// <summary>
/// An account is named by what it is: kind, issuer (who owes the points) and owner. A counter-account has its part in every bucket; its
/// balance is their sum.
/// </summary>
/// <param name="Owner">Citizen, programme, acceptor, partner, event, ticket, pledge, desk, card operator or payment service; the zero id where the kind has none.</param>
public readonly record struct Account(AccountKind Kind, MunicipalityCode Issuer, Guid Owner)
{
    public static Account Holding(MunicipalityCode issuer, CitizenId citizen) => new(AccountKind.Holding, issuer, citizen.Value);

    public static Account Budget(MunicipalityCode issuer, ProgrammeId programme) => new(AccountKind.Budget, issuer, programme.Value);

    public static Account Acceptor(MunicipalityCode issuer, AcceptorId acceptor) => new(AccountKind.Acceptor, issuer, acceptor.Value);

    public static Account Expired(MunicipalityCode issuer) => new(AccountKind.Expired, issuer, Guid.Empty);

    public static Account Void(MunicipalityCode issuer) => new(AccountKind.Void, issuer, Guid.Empty);

    public static Account Partner(MunicipalityCode issuer, PartnerId partner) => new(AccountKind.Partner, issuer, partner.Value);

    /// <summary>The part of a partner of which no municipality is chosen yet.</summary>
    public static Account Partner(PartnerId partner) => Partner(MunicipalityCode.Pool, partner);

    public static Account Reserved(CitizenId citizen) => new(AccountKind.Reserved, MunicipalityCode.Pool, citizen.Value);

    public static Account Event(MunicipalityCode issuer, SupportEventId supported) => new(AccountKind.Event, issuer, supported.Value);

    /// <param name="issue">A ticket is known by the transfer that issued it.</param>
    public static Account Ticket(MunicipalityCode issuer, TransferId issue) => new(AccountKind.Ticket, issuer, issue.Value);

    /// <param name="pledge">A pledge is known by the transfer that made it.</param>
    public static Account Pledge(MunicipalityCode issuer, TransferId pledge) => new(AccountKind.Pledge, issuer, pledge.Value);

    public static Account VoucherDesk(MunicipalityCode issuer, AcceptorId desk) => new(AccountKind.VoucherDesk, issuer, desk.Value);

    public static Account CardCentre(MunicipalityCode issuer, Guid cardOperator) => new(AccountKind.CardCentre, issuer, cardOperator);

    public static Account Donation(MunicipalityCode municipality) => new(AccountKind.Donation, municipality, Guid.Empty);

    public static Account PaymentService(MunicipalityCode issuer, PaymentServiceId service) => new(AccountKind.PaymentService, issuer, service.Value);

    public static Account Entitlement(MunicipalityCode issuer, ProgrammeId programme) => new(AccountKind.Entitlement, issuer, programme.Value);

    /// <summary>Whether points in it lie in lots with dates of their own.</summary>
    public bool KeepsLots => Kind is AccountKind.Holding or AccountKind.Reserved or AccountKind.Event or AccountKind.Ticket or AccountKind.Pledge or AccountKind.Entitlement;

    /// <summary>Whether its points pay no more after their lot's date. Reserved ones do not: from that date on a municipality gets them by itself (S0-1010d).</summary>
    public bool Lapses => Kind is AccountKind.Holding or AccountKind.Event or AccountKind.Entitlement;

    /// <summary>
    /// Reserved points belong to the pool and to nobody else, and only what a partner owes or what became void of them may belong to it, too. Of the State are budgets and what
    /// payment services were ordered to grant of them.
    /// </summary>
    internal bool HasRightIssuer => Issuer == MunicipalityCode.State ? Kind is AccountKind.Budget or AccountKind.PaymentService : Kind is AccountKind.Partner or AccountKind.Void || (Kind == AccountKind.Reserved) == (Issuer == MunicipalityCode.Pool);

    /// <summary>The issuer as records and legs write it.</summary>
    internal static Result<MunicipalityCode> ReadIssuer(string text) => text == MunicipalityCode.Pool.Value ? MunicipalityCode.Pool : text == MunicipalityCode.State.Value ? MunicipalityCode.State : MunicipalityCode.Read(text);

    /// <summary><c>kind.issuer.owner</c>, the form in which an account stands in the legs of a transfer row.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Kind}.{Issuer.Value}.{Owner:N}");
}
