using MyKey.App.Shared;
using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>The details of a place as they are typed; everything may be left out.</summary>
/// <param name="OldNames">Several by 、 or lines.</param>
/// <param name="Ways">Stored words of <see cref="TakingWay"/>.</param>
public sealed record PlaceEntry(string? Kana = null, string? OldNames = null, string? Address = null, string? Access = null, string? Hours = null, string? Phone = null, string? Web = null,
    IReadOnlyList<string>? Ways = null, DateOnly? From = null)
{
    public const int LongestName = 60, LongestNames = 200, LongestText = 200;

    private static readonly char[] Separators = ['、', ',', '\n', '，'];

    /// <returns>
    /// The details; <c>kana_format</c>, <c>hours_format</c> (line), <c>phone_format</c>, <c>address_format</c> for what is no web address, <c>field_unknown</c> (ways), <c>too_large</c>,
    /// <c>my_number_refused</c>, <c>pan_refused</c>, each with <c>field</c>.
    /// </returns>
    public Result<PlaceDetails> Read()
    {
        var kana = Line("kana", Kana, LongestName);
        if (kana.Refused is { } noKana) return noKana;
        if (!SearchText.Fold(kana.Value).All(c => c is >= 'ァ' and <= 'ヾ' || char.IsAsciiLetterOrDigit(c))) return Refusal.Of("kana_format", ("field", "kana"));
        var names = List("oldNames", OldNames, LongestNames);
        if (names.Refused is { } noNames) return noNames;
        var (address, access) = (Line("address", Address, LongestText), Line("access", Access, LongestText));
        if ((address.Refused ?? access.Refused) is { } noText) return noText;
        var hours = OpeningHours.Read(Hours);
        if (hours.Refused is { } unreadable) return unreadable;
        var phone = PhoneText.Read(Typed.HalfWidth(Phone));
        if (phone.Refused is { } number) return Refusal.Of(number.Code, ("field", "phone"));
        var web = Site(Typed.HalfWidth(Web));
        if (web.Refused is { } noSite) return noSite;
        var ways = new SortedSet<TakingWay>();
        foreach (var word in Ways ?? [])
            if (Words<TakingWay>.Find(word) is { } way) ways.Add(way);
            else return Refusal.Of("field_unknown", ("field", "ways"));
        return new PlaceDetails(kana.Value, names.Value, address.Value, access.Value, hours.Value.ToString(), phone.Value, web.Value, string.Join(' ', ways.Select(Words<TakingWay>.Of)), From);
    }

    /// <summary>Several names in one line, with 、 between.</summary>
    internal static Result<string> List(string field, string? typed, int most) => Line(field, string.Join('、', (typed ?? "").Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), most);

    private static Result<string> Line(string field, string? typed, int most)
    {
        if (string.IsNullOrWhiteSpace(typed)) return "";
        var read = NameText.Read(field, typed, most);
        return read.Refused is { } no ? Refusal.Of(no.Code, ("field", field)) : read;
    }

    private static Result<string> Site(string typed)
    {
        if (typed.Length == 0) return "";
        var good = typed.Length <= LongestText && Uri.TryCreate(typed, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Host.Contains('.', StringComparison.Ordinal);
        return good && FreeText.Check(typed) is null ? typed : Refusal.Of("address_format", ("field", "web"));
    }
}
