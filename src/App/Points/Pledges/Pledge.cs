using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Pledges;

/// <summary>Held: set aside, until it expires. Captured: it has paid, wholly or in part; the rest has gone back. Released: it has all gone back.</summary>
public enum PledgeState { Held, Captured, Released }

/// <summary>What is paid for. Two of them never are with points: ふるさと納税 (S0-4013) and medical fees (S0-4040).</summary>
public enum PledgeCategory { Goods, Lodging, Experience, Project, Furusato, Medical }

/// <summary>Points of a citizen that an online site has set aside (S0-4010b).</summary>
/// <param name="Id">In the ledger, made of site and <paramref name="AskedId"/>.</param>
/// <param name="AskedId">By which the site knows it.</param>
/// <param name="Municipality">Whose goods or project it is.</param>
/// <param name="Issuer">Whose points they are.</param>
/// <param name="Order">The site's own number of the order.</param>
/// <param name="ExpiresMs">From then on the site can't capture it any more.</param>
/// <param name="Reason">Why it was released: <c>site</c>, <c>expired</c>, <c>staff</c>.</param>
/// <param name="Capture">The transfer that captured it.</param>
public sealed record Pledge(TransferId Id, int Bucket, OnlineSiteId Site, Guid AskedId, CitizenId Citizen, MunicipalityCode Municipality, MunicipalityCode Issuer, AcceptorId Acceptor,
    PledgeCategory Category, string Order, Points Amount, PledgeState State, long HeldMs, long ExpiresMs)
{
    public long? EndedMs { get; init; }

    public string? Reason { get; init; }

    public TransferId? Capture { get; init; }

    public long Captured { get; init; }

    public long Released { get; init; }

    public long Refunded { get; init; }

    public bool IsOpenAt(long nowMs) => State == PledgeState.Held && nowMs < ExpiresMs;

    /// <summary>What a capture of a part has left over, and has not gone back yet.</summary>
    public long Rest => State == PledgeState.Captured ? Amount.Value - Captured - Released : 0;

    /// <summary>The site is part of it: whoever sends the id of another site's pledge speaks of another one.</summary>
    public static TransferId IdOf(OnlineSiteId site, Guid asked) => Ids.Named<TransferId>([.. "pledge"u8, .. site.Value.Bytes(), .. asked.Bytes()]);
}

internal sealed record PledgeRow
{
    public const string All = """
        select id, bucket, site, asked_id, citizen, municipality, issuer, acceptor, category, order_no, amount, state, held_ms, expires_ms, ended_ms, reason, capture, captured, released, refunded from pts_pledge
        """;

    public TransferId Id { get; init; }
    public int Bucket { get; init; }
    public OnlineSiteId Site { get; init; }
    public Guid AskedId { get; init; }
    public CitizenId Citizen { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public MunicipalityCode Issuer { get; init; }
    public AcceptorId Acceptor { get; init; }
    public string Category { get; init; } = "";
    public string OrderNo { get; init; } = "";
    public long Amount { get; init; }
    public string State { get; init; } = "";
    public long HeldMs { get; init; }
    public long ExpiresMs { get; init; }
    public long? EndedMs { get; init; }
    public string? Reason { get; init; }
    public TransferId? Capture { get; init; }
    public long Captured { get; init; }
    public long Released { get; init; }
    public long Refunded { get; init; }

    public Pledge Read() => new(Id, Bucket, Site, AskedId, Citizen, Municipality, Issuer, Acceptor, Words<PledgeCategory>.Stored(Category), OrderNo, new Points(Amount), Words<PledgeState>.Stored(State), HeldMs, ExpiresMs)
    {
        EndedMs = EndedMs, Reason = Reason, Capture = Capture, Captured = Captured, Released = Released, Refunded = Refunded,
    };
}
