using System.Net;
using System.Net.Sockets;

namespace MyKey.Identity.Passwords;

/// <summary>Where a request comes from, as coarse as throttling needs: the /24 of an IPv4 address, the /56 of an IPv6 one.</summary>
public readonly record struct ClientNetwork(string Prefix)
{
    public static ClientNetwork Of(IPAddress? address)
    {
        if (address is null) return new("unknown");
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        var kept = address.AddressFamily == AddressFamily.InterNetwork ? 3 : 7;
        Array.Clear(bytes, kept, bytes.Length - kept);
        return new($"{new IPAddress(bytes)}/{kept * 8}");
    }
}
