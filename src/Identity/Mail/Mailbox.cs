using System.Text.RegularExpressions;
using MyKey.Kernel;

namespace MyKey.Identity.Mail;

/// <summary>An e-mail address that a citizen typed. Any provider is good (S0-5004a), also the old ones of telephones with dots side by side.</summary>
public readonly partial record struct Mailbox
{
    private const int Longest = 254;
    private readonly string? text;

    private Mailbox(string text) => this.text = text;

    /// <summary>For the envelope of a mail and the citizen's own page alone.</summary>
    public string Value => Must.Have(text, "a mailbox is set");

    /// <returns><c>mail_format</c>.</returns>
    public static Result<Mailbox> Read(string? typed)
    {
        var half = Typed.HalfWidth(typed);
        return half.Length <= Longest && Form().IsMatch(half) ? new Mailbox(half) : Refusal.Of("mail_format");
    }

    /// <summary>Providers do not tell large letters from small ones, so two spellings are one mailbox.</summary>
    public bool Equals(Mailbox other) => string.Equals(text, other.text, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(text ?? "");

    /// <summary>So that no log line carries one by mistake.</summary>
    public override string ToString() => "mailbox";

    internal static Mailbox Stored(byte[] bytes) => new(System.Text.Encoding.UTF8.GetString(bytes));

    internal byte[] Bytes() => System.Text.Encoding.UTF8.GetBytes(Value);

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])\z")]
    private static partial Regex Form();
}
