using System.Collections.Frozen;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>Draft: only its office sees it. Published: residents may apply in its days. Closed: nobody applies any more (S1-S1).</summary>
public enum OfferState { Draft, Published, Closed }

/// <summary>How it stands on a day.</summary>
public enum OfferMoment { Coming, Open, Ended }

/// <summary>Whether somebody looks at each application, or it is granted at once.</summary>
public enum Screening { None, ByHand }

/// <summary>How it is received (K-25): as points of the municipality, by a payment service, or as the citizen likes.</summary>
public enum Delivery { MunicipalPoints, PaymentService, CitizenChooses }

/// <summary>A line of <c>offer_categories.csv</c>.</summary>
/// <param name="Name">Japanese.</param>
public sealed record OfferCategory(string Code, string Name)
{
    /// <summary>In the order of the file.</summary>
    public static IReadOnlyList<OfferCategory> All { get; } = [.. Embedded.Rows(typeof(OfferCategory), "offer_categories.csv", 2).Select(c => new OfferCategory(c[0], c[1]))];

    private static readonly FrozenDictionary<string, OfferCategory> ByCode = All.ToFrozenDictionary(c => c.Code);

    public static OfferCategory? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);
}

/// <summary>Whom to ask: a desk, with a telephone number, a mailbox, or both.</summary>
public sealed record OfferContact(string Desk, string Number, string Mailbox)
{
    public bool Complete => Desk.Length > 0 && Number.Length + Mailbox.Length > 0;

    /// <summary>As pages show it, so that no programme gathers it (S3-19).</summary>
    public string ShownMailbox => Mailbox.Replace("@", "(at)", StringComparison.Ordinal);
}

/// <param name="Title">What residents read; the programme inside may be called otherwise.</param>
/// <param name="Category">A code of <see cref="OfferCategory"/>; empty while it is not chosen.</param>
public sealed record OfferTexts(string Title, string Category, string Summary, string Conditions, OfferContact Contact)
{
    public string CategoryName => OfferCategory.Find(Category)?.Name ?? "";
}

/// <param name="LateUntil">Until when staff may enter somebody who came late (S1-33); null: not at all.</param>
/// <param name="ClaimUntil">The last day on which what is granted can be received, where it has to be received.</param>
public sealed record OfferDays(DateOnly ApplyFrom, DateOnly ApplyUntil, DateOnly? LateUntil, DateOnly? ClaimUntil)
{
    public DateOnly Last => LateUntil ?? ApplyUntil;
}

/// <param name="Amount">What each person gets; null while it is not decided.</param>
public sealed record OfferTerms(Points? Amount, Screening Screening, Delivery Delivery);

/// <summary>募集: what a programme says to those who may apply (S1-03).</summary>
public sealed record Offer(ProgrammeId Programme, MunicipalityCode Municipality, OfferState State, OfferTexts Texts, OfferDays Days, OfferTerms Terms)
{
    public string Path => $"/programmes/{Programme.Value}";

    /// <summary>Whether what is granted waits to be received.</summary>
    public bool IsClaimed => Terms.Delivery != Delivery.MunicipalPoints;

    public OfferMoment On(DateOnly day) =>
        State == OfferState.Closed || day > Days.ApplyUntil ? OfferMoment.Ended : day < Days.ApplyFrom ? OfferMoment.Coming : OfferMoment.Open;

    /// <returns>null while residents may apply; else <c>not_started</c> (from), <c>out_of_period</c> (from, until).</returns>
    public Refusal? TakesOn(DateOnly day) => On(day) switch
    {
        OfferMoment.Coming => Refusal.Of("not_started", ("from", Words.Day(Days.ApplyFrom))),
        OfferMoment.Ended => Periods.Outside(Days.ApplyFrom, Days.ApplyUntil),
        _ => null,
    };
}

/// <summary>A payment service by which a programme may be received, between these days.</summary>
public sealed record OfferPaymentService(PaymentServiceId Service, DateOnly From, DateOnly? Until)
{
    public bool IsOpen(DateOnly day) => day >= From && (Until is null || day <= Until);
}

internal sealed record OfferRow
{
    public const string All = """
        select programme, municipality, state, title, category, summary, conditions, points, apply_from, apply_until, late_until, claim_until, screening, delivery,
          contact, contact_number, contact_mailbox from inc_offer
        """;

    public const string ById = All + " where programme = @Programme";

    public ProgrammeId Programme { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string State { get; init; } = "";
    public string Title { get; init; } = "";
    public string Category { get; init; } = "";
    public string Summary { get; init; } = "";
    public string Conditions { get; init; } = "";
    public long? Points { get; init; }
    public DateOnly ApplyFrom { get; init; }
    public DateOnly ApplyUntil { get; init; }
    public DateOnly? LateUntil { get; init; }
    public DateOnly? ClaimUntil { get; init; }
    public string Screening { get; init; } = "";
    public string Delivery { get; init; } = "";
    public string Contact { get; init; } = "";
    public string ContactNumber { get; init; } = "";
    public string ContactMailbox { get; init; } = "";

    public Offer Read() => new(Programme, Municipality, Words<OfferState>.Stored(State), new OfferTexts(Title, Category, Summary, Conditions, new OfferContact(Contact, ContactNumber, ContactMailbox)),
        new OfferDays(ApplyFrom, ApplyUntil, LateUntil, ClaimUntil),
        new OfferTerms(Points is { } points ? new Kernel.Points(points) : null, Words<Screening>.Stored(Screening), Words<Delivery>.Stored(Delivery)));
}
