using System.Security.Cryptography;
using System.Text;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App.StreetCards;

/// <summary>The number printed on a street card. It is never stored or logged in clear: a row has it wrapped, with its last characters to tell it by.</summary>
public readonly record struct StreetCardNumber(string Text)
{
    private const int Shortest = 4, Longest = 16, TailLength = 4;

    public string Tail => Text[^Math.Min(TailLength, Text.Length - 2)..];

    /// <returns>Letters and digits without gaps; <c>card_unknown</c> for what no card has, and what free text is refused for (a My Number, a payment card).</returns>
    public static Result<StreetCardNumber> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (FreeText.Check(text) is { } no) return no;
        return text.Length is >= Shortest and <= Longest && text.All(char.IsAsciiLetterOrDigit) ? new StreetCardNumber(text) : Refusal.Of("card_unknown");
    }

    /// <summary>Not the number: its end, for whoever prints the record by mistake.</summary>
    public override string ToString() => $"…{Tail}";
}

/// <summary>Street card numbers on their way into rows and back.</summary>
public sealed class StreetCardNumbers(Kek kek)
{
    /// <param name="owner">The row that it is for: in another row it does not open.</param>
    public async Task<byte[]> Wrap(StreetCardNumber number, Guid owner, CancellationToken stop) => (await kek.Wrap(Encoding.ASCII.GetBytes(number.Text), Owner(owner), stop)).Wrapped;

    public async Task<StreetCardNumber> Open(byte[] wrapped, Guid owner, CancellationToken stop) => new(Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(owner), stop)));

    /// <summary>Tells the same card again without telling which it is.</summary>
    public async Task<byte[]> Hash(Guid operatorId, StreetCardNumber number, CancellationToken stop)
    {
        byte[] card = [.. operatorId.Bytes(), .. Encoding.ASCII.GetBytes(number.Text)];
        return HMACSHA256.HashData(await kek.Derive("street-card", stop), card);
    }

    internal static string Owner(Guid id) => $"street-card:{id:N}";
}
