using System.Net;
using System.Net.Sockets;

namespace MyKey.Kernel.Net;

/// <summary>
/// Names that end in <c>.localhost</c> are this machine (RFC 6761 6.3). Browsers resolve them by themselves, getaddrinfo does not
/// everywhere; so every HttpClient of ours connects through here.
/// </summary>
public static class LoopbackHosts
{
    public static bool Contains(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// A handler for calls to outside parties: no redirects, no cookies, no proxy for this machine. The caller owns it.
    /// </summary>
    public static SocketsHttpHandler Handler(int connectTimeoutMs = 5_000) => new()
    {
        ConnectCallback = Connect,
        ConnectTimeout = TimeSpan.FromMilliseconds(connectTimeoutMs),
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = new DirectToLoopback(HttpClient.DefaultProxy),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <summary>The ConnectCallback itself, for handlers that need other settings.</summary>
    public static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var target = context.DnsEndPoint;
        var named = Contains(target.Host) && !IPAddress.TryParse(target.Host.Trim('[', ']'), out _);
        var socket = named ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        try
        {
            await socket.ConnectAsync(named ? new IPEndPoint(IPAddress.Loopback, target.Port) : target, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class DirectToLoopback(IWebProxy others) : IWebProxy
    {
        public ICredentials? Credentials { get => others.Credentials; set => others.Credentials = value; }

        public Uri? GetProxy(Uri destination) => others.GetProxy(destination);

        public bool IsBypassed(Uri host) => Contains(host.Host) || others.IsBypassed(host);
    }
}
