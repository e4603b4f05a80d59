using System.Globalization;
using System.Runtime.InteropServices;

namespace MyKey.CardAgent;

/// <summary>
/// Whose program is at the other end of a loopback connection: on a machine with several people logged in nobody reaches another
/// one's card. Linux tells it in /proc/net/tcp; elsewhere a machine with one person at a time is assumed (docs/card-protocol.md).
/// </summary>
public static partial class PeerSocket
{
    private const string Loopback = "0100007F", MappedLoopback = "0000000000000000FFFF00000100007F";

    /// <summary>True where the client's socket belongs to the user of this process.</summary>
    public static bool IsOwn(int clientPort, int serverPort) => !OperatingSystem.IsLinux() || Owner(clientPort, serverPort) == EffectiveUser();

    /// <summary>User id of the socket 127.0.0.1:<paramref name="clientPort"/> → 127.0.0.1:<paramref name="serverPort"/>; null when there is none.</summary>
    public static long? Owner(int clientPort, int serverPort) =>
        Owner(File.ReadLines("/proc/net/tcp"), clientPort, serverPort)
        ?? (File.Exists("/proc/net/tcp6") ? Owner(File.ReadLines("/proc/net/tcp6"), clientPort, serverPort) : null);

    /// <summary>Lines of the kernel: <c>sl local remote state queues timer retransmits uid …</c>, addresses in hex.</summary>
    public static long? Owner(IEnumerable<string> table, int clientPort, int serverPort)
    {
        foreach (var line in table.Skip(1))
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length > 7 && IsLoopback(cells[1], clientPort) && IsLoopback(cells[2], serverPort))
                return long.Parse(cells[7], CultureInfo.InvariantCulture);
        }
        return null;
    }

    private static bool IsLoopback(string cell, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return cell == Loopback + suffix || cell == MappedLoopback + suffix;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
