using System.Security.Cryptography;
using System.Text;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App.PaymentAccounts;

/// <summary>Invalid: the service has said that it no longer knows it (S1-43).</summary>
public enum AccountState { Live, Invalid, Removed }

/// <summary>マイ決済サービス: an account of a citizen at a payment service (S1-25b).</summary>
/// <param name="Tail">The last characters of the service ID.</param>
public sealed record PaymentAccount(Guid Id, CitizenId Citizen, PaymentServiceId Service, string Tail, AccountState State, long MadeMs);

/// <summary>What a citizen is known by at a payment service. Never stored or logged in clear: a row has it wrapped, with its last characters to tell it by.</summary>
public readonly record struct ServiceId(string Text)
{
    private const int Longest = 64, TailLength = 4;

    public string Tail => Text.Length <= TailLength ? Text[^1..] : Text[^TailLength..];

    /// <returns>As typed, without gaps; <c>field_required</c> (field), <c>service_auth_failed</c> for what no service has, and what free text is refused for (a My Number, a payment card).</returns>
    public static Result<ServiceId> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).Replace(" ", "", StringComparison.Ordinal);
        if (text.Length == 0) return Refusal.Of("field_required", ("field", "serviceId"));
        if (FreeText.Check(text) is { } no) return no;
        return text.Length <= Longest && text.All(c => c is > ' ' and <= '~') ? new ServiceId(text) : Refusal.Of("service_auth_failed");
    }

    /// <summary>Not the ID: its end, for whoever prints the record by mistake.</summary>
    public override string ToString() => $"…{Tail}";
}

/// <summary>Service IDs and the services' own words for accounts on their way into rows and back.</summary>
public sealed class AccountSecrets(Kek kek)
{
    /// <param name="account">The row that it is for: in another row it does not open.</param>
    public async Task<byte[]> Wrap(string text, Guid account, CancellationToken stop) => (await kek.Wrap(Encoding.ASCII.GetBytes(text), Owner(account), stop)).Wrapped;

    public async Task<string> Open(byte[] wrapped, Guid account, CancellationToken stop) => Encoding.ASCII.GetString(await kek.Unwrap(wrapped, Owner(account), stop));

    /// <summary>Tells the same service ID again without telling which it is.</summary>
    public async Task<byte[]> Hash(PaymentServiceId service, ServiceId number, CancellationToken stop)
    {
        byte[] whole = [.. service.Value.Bytes(), .. Encoding.ASCII.GetBytes(number.Text)];
        return HMACSHA256.HashData(await kek.Derive("payment-account", stop), whole);
    }

    internal static string Owner(Guid account) => $"payment-account:{account:N}";
}
