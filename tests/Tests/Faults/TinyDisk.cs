using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MyKey.Tests.Faults;

/// <summary>A disk of a few megabytes that can be full, in a mount namespace of its own. As another user than root it takes a user namespace for that.</summary>
public sealed partial class TinyDisk : IAsyncDisposable
{
    private const string Size = "24m";
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-disk-").FullName;
    private readonly Process holder;

    private TinyDisk() => holder = Process.Start(new ProcessStartInfo("/usr/bin/unshare",
        [IsRoot ? "-m" : "-Urm", "/bin/sh", "-c", "mount -t tmpfs -o size=$2 none \"$1\" && echo mounted && exec cat", "sh", folder, Size])
    { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Runs a program that sees the disk.</summary>
    public string[] Within => IsRoot
        ? ["/usr/bin/nsenter", "-t", $"{holder.Id}", "-m"]
        : ["/usr/bin/nsenter", "-t", $"{holder.Id}", "-U", "--preserve-credentials", "-m"];

    private string Ballast => Outside("ballast");

    public static async Task<TinyDisk> Mount()
    {
        var disk = new TinyDisk();
        if (await disk.holder.StandardOutput.ReadLineAsync() == "mounted") return disk;
        throw new InvalidOperationException($"A small disk needs root, or a kernel that lets users mount in a namespace of their own: {await disk.holder.StandardError.ReadToEndAsync()}");
    }

    /// <summary>The place of a file for a program within.</summary>
    public string Inside(string name) => Path.Combine(folder, name);

    /// <summary>The place of the same file for us.</summary>
    public string Outside(string name) => $"/proc/{holder.Id}/root{folder}/{name}";

    /// <summary>Takes all the space there is.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true) ballast.Write(page);
        }
        catch (IOException)
        {
            // No space left on device.
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        holder.StandardInput.Close();
        await holder.WaitForExitAsync();
        holder.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static bool IsRoot => geteuid() == 0;

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
