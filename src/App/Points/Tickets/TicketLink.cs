using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>
/// The address in the code on a ticket: <c>/t/number.mac</c>. Whoever holds the paper sees what it is worth; by trying numbers nobody sees
/// anything, because the eight bytes of the MAC are right for one of them only.
/// </summary>
public sealed class TicketLink(Kek kek)
{
    private const int MacBytes = 8;

    public async Task<string> PathOf(TicketNumber number, CancellationToken stop = default) => $"/t/{number}.{await Mac(number, stop)}";

    /// <returns>The number; or <c>ticket_unknown</c> for a wrong MAC just as for a wrong number.</returns>
    public async Task<Result<TicketNumber>> Read(string? code, CancellationToken stop = default)
    {
        if (code?.Split('.') is not [var typed, var mac] || TicketNumber.Read(typed) is not { Ok: true } number) return Refusal.Of("ticket_unknown");
        var right = await Mac(number.Value, stop);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(mac)) ? number : Refusal.Of("ticket_unknown");
    }

    private async Task<string> Mac(TicketNumber number, CancellationToken stop) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(await kek.Derive("ticket-link", stop), Encoding.ASCII.GetBytes(number.ToString())).AsSpan(0, MacBytes));
}
