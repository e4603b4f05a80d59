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
        return named
            ? await Open(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), socket => socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target.Port), stop))
            : await Open(new Socket(SocketType.Stream, ProtocolType.Tcp), socket => socket.ConnectAsync(target, stop));
    }

    /// <summary>A connection as a stream that owns it; a socket that does not connect is closed.</summary>
    public static async ValueTask<Stream> Open(Socket socket, Func<Socket, ValueTask> connect)
    {
        socket.NoDelay = true;
        try
        {
            await connect(socket);
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
