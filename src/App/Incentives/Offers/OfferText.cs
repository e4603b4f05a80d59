using System.Text.RegularExpressions;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Offers;

/// <summary>An offer as it is typed; what is left empty may wait until it is published.</summary>
public sealed record OfferEntry(ProgrammeId Programme, string? Title, DateOnly ApplyFrom, DateOnly ApplyUntil)
{
    public string? Category { get; init; }
    public string? Summary { get; init; }
    public string? Conditions { get; init; }
    public long? Amount { get; init; }
    public DateOnly? LateUntil { get; init; }
    public DateOnly? ClaimUntil { get; init; }
    public string? Screening { get; init; }
    public string? Delivery { get; init; }
    public string? Contact { get; init; }
    public string? ContactNumber { get; init; }
    public string? ContactMailbox { get; init; }
}

/// <summary>Reads what an office typed: free text without numbers of persons or cards, days in their order (S1-45).</summary>
public static partial class OfferText
{
    public const int LongestTitle = 60, LongestText = 1_000, LongestContact = 60, LongestNumber = 20;

    /// <returns>
    /// The draft; <c>field_required</c>, <c>field_unknown</c> (field), <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>, <c>amount_format</c>, <c>mail_format</c>,
    /// <c>number_format</c> for the telephone number, <c>out_of_period</c> (from, until) for days out of order.
    /// </returns>
    public static Result<Offer> Read(OfferEntry entry, MunicipalityCode municipality)
    {
        var texts = Texts(entry);
        if (texts.Refused is { } noText) return noText;
        var days = Days(entry);
        if (days.Refused is { } noDays) return noDays;
        var amount = entry.Amount is { } typed ? Points.From(typed) : default(Result<Points>?);
        if (amount?.Refused is { } noAmount) return noAmount;
        if (Words<Screening>.Find(Or(entry.Screening, "by_hand")) is not { } screening) return Unknown("screening");
        if (Words<Delivery>.Find(Or(entry.Delivery, "municipal_points")) is not { } delivery) return Unknown("delivery");
        if (delivery == Delivery.MunicipalPoints) days = days.Value with { ClaimUntil = null };
        return new Offer(entry.Programme, municipality, OfferState.Draft, texts.Value, days.Value, new OfferTerms(amount?.Value, screening, delivery));
    }

    /// <summary>How texts and words that are looked for are compared: no difference of width or case.</summary>
    public static string Searched(string? text) => Typed.HalfWidth(text).ToLowerInvariant();

    private static Result<OfferTexts> Texts(OfferEntry entry)
    {
        var title = NameText.Read("title", entry.Title, LongestTitle);
        if (title.Refused is { } noTitle) return noTitle;
        // Applicants see it before they type their PIN.
        if (!CardChallenge.IsValue(title.Value)) return Unknown("title");
        if (!string.IsNullOrEmpty(entry.Category) && OfferCategory.Find(entry.Category) is null) return Unknown("category");
        var (summary, conditions) = (Lines(entry.Summary), Lines(entry.Conditions));
        foreach (var read in new[] { summary, conditions }) if (read.Refused is { } no) return no;
        var contact = Contact(entry);
        return contact.Refused is { } nobody ? nobody : new OfferTexts(title.Value, entry.Category ?? "", summary.Value, conditions.Value, contact.Value);
    }

    private static Result<OfferContact> Contact(OfferEntry entry)
    {
        var (desk, number) = ((entry.Contact ?? "").Trim(), Typed.HalfWidth(entry.ContactNumber));
        if (desk.Length > 0 && NameText.Read("contact", desk, LongestContact).Refused is { } no) return no;
        if (number.Length > LongestNumber || !Number().IsMatch(number)) return Refusal.Of("number_format");
        if (FreeText.Check(number) is { } person) return person;
        var mailbox = Typed.HalfWidth(entry.ContactMailbox);
        return mailbox.Length > 0 && Mailbox.Read(mailbox).Refused is { } wrong ? wrong : new OfferContact(desk, number, mailbox);
    }

    private static Result<OfferDays> Days(OfferEntry entry)
    {
        foreach (var day in new[] { entry.ApplyUntil, entry.LateUntil, entry.ClaimUntil }.OfType<DateOnly>())
            if (day < entry.ApplyFrom) return Periods.Outside(entry.ApplyFrom, day);
        foreach (var day in new[] { entry.LateUntil, entry.ClaimUntil }.OfType<DateOnly>())
            if (day < entry.ApplyUntil) return Periods.Outside(entry.ApplyUntil, day);
        return new OfferDays(entry.ApplyFrom, entry.ApplyUntil, entry.LateUntil, entry.ClaimUntil);
    }

    private static Result<string> Lines(string? typed)
    {
        var text = (typed ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Trim();
        if (text.Length > LongestText) return Refusal.Of("too_large");
        if (text.Any(c => char.IsControl(c) && c != '\n')) return Unknown("text");
        return FreeText.Check(text) is { } no ? no : text;
    }

    private static string Or(string? typed, string standard) => string.IsNullOrEmpty(typed) ? standard : typed;

    private static Refusal Unknown(string field) => Refusal.Of("field_unknown", ("field", field));

    [GeneratedRegex(@"\A[0-9()\- ]*\z")]
    private static partial Regex Number();
}
