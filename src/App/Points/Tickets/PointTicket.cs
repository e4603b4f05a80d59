using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>Issued: good until its last day. Cancelled: given back at the office. Returned: nobody used it, so it was given back (J-D1).</summary>
public enum TicketState { Issued, Used, Cancelled, Returned }

/// <summary>A paper ticket that pays once, without change, in the municipality printed on it (S0-4021, S0-4027).</summary>
/// <param name="Id">Of the transfer that issued it.</param>
/// <param name="Office">Where it was issued, and only there taken back (S0-4024).</param>
/// <param name="LastOn">Its last day, until 24:00.</param>
/// <param name="HandInUntil">Until when a shop without a device may hand it in that took it by its last day (S4-09).</param>
/// <param name="Group">The shopping street that it is good in; null: its whole municipality (K-11).</param>
/// <param name="EndedBy">The transfer that used it or gave it back.</param>
/// <param name="UsedAt">The shop that took it.</param>
/// <param name="Void">It was asked for by a number that another one has replaced (J-D2).</param>
public sealed record PointTicket(TransferId Id, int Bucket, TicketNumber Number, CitizenId Citizen, MunicipalityCode Issuer, Kernel.Points Amount, AcceptorId Office,
    DateOnly IssuedOn, DateOnly LastOn, DateOnly HandInUntil, ShopGroupId? Group, TicketState State, TransferId? EndedBy, AcceptorId? UsedAt, bool Void)
{
    /// <summary>Why it does not pay on that day, or null: <c>ticket_void</c>, <c>ticket_used</c>, <c>ticket_expired</c> (until).</summary>
    public Refusal? Against(DateOnly today) => Against(today, LastOn, "ticket_expired");

    /// <summary>Why it can't be handed in on that day, or null: <c>ticket_void</c>, <c>ticket_used</c>, <c>ticket_late</c> (until).</summary>
    public Refusal? AgainstHandIn(DateOnly today) => Against(today, HandInUntil, "ticket_late");

    private Refusal? Against(DateOnly today, DateOnly until, string late) => this switch
    {
        { Void: true } or { State: TicketState.Cancelled } => Refusal.Of("ticket_void"),
        { State: TicketState.Used } => Refusal.Of("ticket_used"),
        _ => today > until || State == TicketState.Returned ? Refusal.Of(late, ("until", Shared.Components.Words.Day(until))) : null,
    };

    /// <summary>Whether it pays at an acceptor: where tickets of its issuer do, in its shopping street if it names one.</summary>
    /// <returns>The acceptor, or <c>not_accepted_here</c>, <c>not_started</c> (from).</returns>
    public Result<Acceptor> PaysAt(RegistryView view, AcceptorId acceptor, DateOnly day) =>
        PaysAt(view, Issuer, acceptor, day).Then<Acceptor>(a => Group is null || a.Group == Group ? a : Refusal.Of("not_accepted_here"));

    /// <summary>Where it is good, as printed on it: <c>○○商店街の各店舗</c>, or the shops of its municipality that take its points.</summary>
    public string Where(RegistryView view) =>
        Group is { } street ? $"{view.Find(street)?.Name}の各店舗" : $"{view.Find(Issuer)?.Name ?? Issuer.Value}の中の、{view.NameOfPoints(Issuer)}を使えるお店";

    /// <summary>Whether tickets of an issuer are of use at an acceptor: where its points pay, inside the municipality, or the prefecture that issued them (K-11).</summary>
    /// <returns>The acceptor, or <c>not_accepted_here</c>, <c>not_started</c> (from).</returns>
    public static Result<Acceptor> PaysAt(RegistryView view, MunicipalityCode issuer, AcceptorId acceptor, DateOnly day) =>
        view.TakenHere(new Purse(issuer), acceptor, day).Then<Acceptor>(a => issuer.Contains(a.Municipality) ? a : Refusal.Of("not_accepted_here"));
}

internal sealed record StoredTicket
{
    public const string Columns = "t.bucket, t.id, t.citizen, t.issuer, t.amount, t.office, t.number, t.issued_on, t.last_on, t.hand_in_until, t.shop_group, t.state, t.ended_by, t.used_at";

    public int Bucket { get; init; }
    public TransferId Id { get; init; }
    public CitizenId Citizen { get; init; }
    public MunicipalityCode Issuer { get; init; }
    public long Amount { get; init; }
    public AcceptorId Office { get; init; }
    public string Number { get; init; } = "";
    public DateOnly IssuedOn { get; init; }
    public DateOnly LastOn { get; init; }
    public DateOnly HandInUntil { get; init; }
    public ShopGroupId? ShopGroup { get; init; }
    public string State { get; init; } = "";
    public TransferId? EndedBy { get; init; }
    public AcceptorId? UsedAt { get; init; }

    /// <param name="asked">The number it was looked for by; null: its own.</param>
    public PointTicket Read(TicketNumber? asked = null) => new(Id, Bucket, TicketNumber.Read(Number).Value, Citizen, Issuer, new Kernel.Points(Amount), Office, IssuedOn, LastOn, HandInUntil, ShopGroup,
        Words<TicketState>.Stored(State), EndedBy, UsedAt, asked is { } number && number.ToString() != Number);
}
