using System.Net;
using System.Net.Sockets;
using MyKey.Kernel;
using MyKey.Kernel.Net;

namespace MyKey.App.PartnerLinks;

/// <summary>Where an outside party's login and interface are from a day on, as it is asked for.</summary>
public interface IWantedLogin
{
    DateOnly From { get; }

    string Authorize { get; }

    string Token { get; }

    string Api { get; }

    string ClientId { get; }

    string ClientSecret { get; }
}

/// <summary>The same, read and good.</summary>
public sealed record LoginAddresses(Uri Authorize, Uri Token, Uri Api);

/// <summary>
/// Which addresses of partners we call: https to public machines. While nobody beyond this machine reaches the App, plain http to this machine, too;
/// an App that serves others never lets an address lead into its own network.
/// </summary>
public sealed class PartnerAddresses(bool loopbackOnly)
{
    public const int Longest = 200, LongestName = 100, LongestSecret = 200;

    /// <returns>
    /// The addresses; <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field), <c>number_format</c> (field) for a name or secret that is no printable
    /// ASCII, <c>out_of_period</c> (from, until) for a day that has passed.
    /// </returns>
    public Result<LoginAddresses> Read(IWantedLogin wanted, DateOnly today)
    {
        var (authorize, token, api) = (Read("authorize", wanted.Authorize), Read("token", wanted.Token), Read("api", wanted.Api));
        if ((authorize.Refused ?? token.Refused ?? api.Refused) is { } nowhere) return nowhere;
        if (Named(wanted.ClientId, wanted.ClientSecret) is { } unreadable) return unreadable;
        return wanted.From < today ? Refusal.Of("out_of_period", ("from", "きょう"), ("until", "先の日")) : new LoginAddresses(authorize.Value, token.Value, api.Value);
    }

    /// <summary>What we are called at an outside party, and prove ourselves with.</summary>
    /// <returns>null when it can be kept; <c>field_required</c> (field), <c>too_large</c>, <c>number_format</c> (field) for what is no printable ASCII.</returns>
    public static Refusal? Named(string? clientId, string? secret) => Printable("clientId", clientId, LongestName) ?? Printable("clientSecret", secret, LongestSecret);

    /// <returns>The address; <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field).</returns>
    public Result<Uri> Read(string field, string? typed)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length == 0) return Refusal.Of("field_required", ("field", field));
        if (text.Length > Longest) return Refusal.Of("too_large");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0) return No(field);
        if (LoopbackHosts.Contains(address.Host)) return loopbackOnly && address.Scheme is ("http" or "https") ? address : No(field);
        var literal = IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip);
        return address.Scheme == Uri.UriSchemeHttps && (!literal || IsPublic(ip!)) ? address : No(field);
    }

    /// <summary>For the handler of partners' calls: a name may lead elsewhere today than on the day it was set, so each connection is judged again.</summary>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var target = context.DnsEndPoint;
        // Through a proxy it is the proxy that connects.
        if (loopbackOnly || target.Host != context.InitialRequestMessage.RequestUri?.Host) return await LoopbackHosts.Connect(context, stop);
        var found = await Dns.GetHostAddressesAsync(target.Host, stop);
        if (found.Length == 0 || !found.All(IsPublic)) throw new HttpRequestException($"{target.Host} is no public address");
        return await LoopbackHosts.Open(new Socket(SocketType.Stream, ProtocolType.Tcp), socket => socket.ConnectAsync(found, target.Port, stop));
    }

    /// <summary>An address that anybody on the Internet reaches (RFC 6890).</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return false;
        var b = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return (b[0] & 0xE0) == 0x20 && !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0D && b[3] == 0xB8) && !(b[0] == 0x20 && b[1] == 0x02) && !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0);
        return b[0] switch
        {
            0 or 10 or 127 or >= 224 => false,
            100 => b[1] is < 64 or > 127,
            169 => b[1] != 254,
            172 => b[1] is < 16 or > 31,
            192 => b[1] != 168 && !(b[1] == 0 && b[2] is (0 or 2)),
            198 => b[1] is not (18 or 19) && !(b[1] == 51 && b[2] == 100),
            203 => !(b[1] == 0 && b[2] == 113),
            _ => true,
        };
    }

    private static Refusal? Printable(string field, string? text, int longest) =>
        string.IsNullOrEmpty(text) ? Refusal.Of("field_required", ("field", field))
        : text.Length > longest ? Refusal.Of("too_large")
        : text.All(c => c is > ' ' and <= '~') ? null
        : Refusal.Of("number_format", ("field", field));

    private static Refusal No(string field) => Refusal.Of("address_format", ("field", field));
}
