namespace MyKey.App.Partners;

/// <summary>Partners as screens speak of them.</summary>
public static class PartnerWords
{
    public static string Of(PartnerCategory category) => category switch
    {
        PartnerCategory.Card => "カード",
        PartnerCategory.Airline => "航空",
        PartnerCategory.Retail => "お店",
        PartnerCategory.Bank => "銀行",
        _ => "電力・通信",
    };

    public static string Of(ExchangeMode mode) => mode switch
    {
        ExchangeMode.IdLink => "会社のIDとつなぐ",
        ExchangeMode.CouponPaper => "郵便でとどくコード",
        ExchangeMode.CouponMail => "メールでとどくコード",
        _ => "メールなどのリンク",
    };

    public static string Of(ExchangeRate rate) => $"{Digits(rate.Partner)}ポイントが{Digits(rate.Municipal)}ポイントになる";

    /// <summary>From how many, in which steps, up to how many.</summary>
    public static string Amounts(PartnerTerms terms) =>
        $"{Digits(terms.Minimum)}ポイントから、{Digits(terms.Unit)}ポイントずつ{(terms.Most is { } most ? $"、1回{Digits(most)}ポイントまで" : "")}";

    public static string Span(DateOnly from, DateOnly? until) => $"{Shared.Components.Words.Day(from)}から{(until is { } day ? Shared.Components.Words.Day(day) + "まで" : "")}";

    private static string Digits(long number) => Shared.Components.Words.Digits(number);
}
