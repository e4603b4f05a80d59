using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>Who sent this request. Scoped; sign-in fills it in as soon as it knows.</summary>
public sealed class Caller
{
    public Actor? Actor { get; set; }

    public TerminalId? Terminal { get; set; }

    /// <summary>The support desk at which a citizen does it.</summary>
    public TerminalId? Desk { get; set; }
}

/// <summary>Stands for an address without keeping it: keyed with a value that lives as long as the process, so nothing leads back.</summary>
public static class Client
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    public static byte[] Hash(HttpContext context) => HMACSHA256.HashData(Key, Network(context).GetAddressBytes())[..16];

    /// <summary>The address that counts as one client: an IPv4 address, or the /64 of an IPv6 address.</summary>
    public static IPAddress Network(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
