using System.Text;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>What a service reports, as it comes: amounts only (S3-20).</summary>
/// <param name="Line">Of its file, or its place in what was sent.</param>
/// <param name="Number">What the member is known by at the service; or <paramref name="Word"/>, the service's own word for the account.</param>
/// <param name="At">A day, or an instant with its offset; the day is kept.</param>
/// <param name="Reverses">Of a return: the event whose purchase was undone.</param>
public sealed record SaidEvent(int Line, string? EventId, string? Number, string? Word, string? Kind, string? Amount, string? At, string? Reverses);

/// <summary>Open: the ledger has not answered. Done: it has. Back: a return has taken it back.</summary>
public enum PremiumState { Open, Done, Back }

/// <summary>An event as it is kept.</summary>
/// <param name="Earned">By the rate of the round.</param>
/// <param name="Given">What the ledger gave of it, up to the cap; of a return what it took back, below 0.</param>
/// <param name="Code">Why less was given than earned: <c>cap_reached</c>, <c>budget_exhausted</c>; why a return took nothing back.</param>
public sealed record PremiumEvent(PaymentServiceId Service, string Id, ProgrammeId? Round, Guid? Choice, PremiumKind Kind, long Amount, DateOnly Day, long Earned, string? Reverses)
{
    public long Given { get; init; }

    public PremiumState State { get; init; }

    public string? Code { get; init; }

    public int Line { get; init; }

    /// <summary>It came in a file, whose lines do not wait for what may never come.</summary>
    public bool InFile { get; init; }

    public DateOnly? PostedDay { get; init; }

    /// <summary>Follows from service and event: whoever posts it, it is posted once.</summary>
    public TransferId Transfer => Ids.Named<TransferId>([.. Service.Value.Bytes(), .. Encoding.ASCII.GetBytes(Id)]);

    /// <summary>The same thing was said.</summary>
    public bool Says(PremiumEvent other) =>
        (Kind, Amount, Day, Reverses) == (other.Kind, other.Amount, other.Day, other.Reverses) && (Kind == PremiumKind.Return || (Round, Choice) == (other.Round, other.Choice));
}

/// <summary>What was said, judged: an event, or why it is none.</summary>
public readonly record struct JudgedEvent(int Line, string EventId, PremiumEvent? Event, Refusal? No);
