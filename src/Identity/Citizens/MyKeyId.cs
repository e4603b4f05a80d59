using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.Identity.Citizens;

/// <summary>
/// マイキーID: 8 ASCII letters and digits, upper and lower case the same, kept in upper case (S2-P4a). Login name and public handle of a
/// citizen; it proves nothing by itself (S0-1023). <c>default</c> is not an ID.
/// </summary>
public readonly record struct MyKeyId
{
    /// <summary>What a generated ID is made of: without I, O, 0 and 1, which are misread.</summary>
    public const string Unambiguous = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly string? text;

    private MyKeyId(string text) => this.text = text;

    /// <summary>8 characters, A–Z and 0–9.</summary>
    public string Value => Must.Have(text, "a MyKeyId is set");

    /// <summary>First character and last two, as screens show it until it is asked for: M＊＊＊＊＊56 (K-19).</summary>
    public string Masked => $"{Value[0]}＊＊＊＊＊{Tail}";

    /// <summary>The last two: enough to tell one's own sheet from another's (K-29).</summary>
    public string Tail => Value[6..];

    /// <summary>Reads an ID that somebody chooses. Full-width characters, symbols, 7 or 9 characters: <c>id_format</c>.</summary>
    public static Result<MyKeyId> Read(string? chosen) =>
        chosen is { Length: 8 } && chosen.All(char.IsAsciiLetterOrDigit) ? new MyKeyId(chosen.ToUpperInvariant()) : Refusal.Of("id_format");

    /// <summary>Reads an ID typed to log in or at a terminal, where full-width characters count as the ordinary ones.</summary>
    public static Result<MyKeyId> ReadTyped(string? typed) => Read(Typed.HalfWidth(typed));

    /// <summary>Proposes one by chance (40 bits); whether it is free is found when it is issued.</summary>
    public static MyKeyId Generate() => new(RandomNumberGenerator.GetString(Unambiguous, 8));

    /// <summary>The masked form, so that no log line carries an ID by mistake.</summary>
    public override string ToString() => text is null ? "" : Masked;

    internal static MyKeyId Stored(string value) => new(value);
}
