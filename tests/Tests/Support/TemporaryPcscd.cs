using System.Diagnostics;
using System.Runtime.InteropServices;
using MyKey.Sandbox.Cards;

namespace MyKey.Tests.Support;

[CollectionDefinition(Name)]
public sealed class UsesPcscd : ICollectionFixture<TemporaryPcscd>
{
    public const string Name = "pcscd";
}

/// <summary>
/// A pcscd of our own with a virtual reader, in namespaces with a /run and a network of its own: it neither finds nor disturbs
/// one that the machine runs, and vpcd, which listens on every address it has, has none but its own 127.0.0.1. As another user than
/// root it takes a user namespace for that.
/// </summary>
public sealed partial class TemporaryPcscd : IAsyncLifetime
{
    private const int Port = 35963;
    private const string Driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-pcscd-").FullName;
    private Process? pcscd;

    public CardReader Reader { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var file in new[] { "/usr/sbin/pcscd", Driver, "/usr/bin/pkcs15-tool", "/usr/bin/pkcs11-tool", "/usr/bin/unshare", "/usr/bin/nsenter", "/usr/bin/perl" })
            if (!File.Exists(file)) throw new InvalidOperationException($"{file} is missing: apt-get install pcscd vsmartcard-vpcd opensc util-linux perl-base");
        Reader = CardReader.Start(0, _ => Task.FromResult(Dial()));
        Directory.CreateDirectory($"{folder}/conf");
        Directory.CreateDirectory($"{folder}/run");
        await File.WriteAllTextAsync($"{folder}/conf/vpcd", $"FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{Port}\nLIBPATH {Driver}\nCHANNELID {Port}\n");
        // Perl, which every Debian has, sets the flag that brings the loopback interface up.
        var script = """
            mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind "$1/run" /run/pcscd &&
            perl -e 'socket(S,2,2,0); $r=pack("a16sx22","lo",1); ioctl(S,0x8914,$r) or die $!' &&
            exec /usr/sbin/pcscd --foreground --config "$1/conf" >"$1/log" 2>&1
            """;
        pcscd = Process.Start(new ProcessStartInfo("/usr/bin/unshare", [IsRoot ? "-mn" : "-Urmn", "/bin/sh", "-c", script, "sh", folder]))!;
        // libpcsclite asks the C library for it, which knows nothing of changes made to .NET's copy of the environment.
        if (setenv("PCSCLITE_CSOCK_NAME", Socket, 1) != 0) throw new InvalidOperationException("setenv");
        for (var waited = 0; !File.Exists(Socket); waited += 50)
        {
            if (pcscd.HasExited || waited > 20_000)
                throw new InvalidOperationException("pcscd does not start: " + (File.Exists($"{folder}/log") ? await File.ReadAllTextAsync($"{folder}/log") : ""));
            await Task.Delay(50);
        }
    }

    /// <summary>Runs a program that finds this pcscd; returns its exit code, output and errors.</summary>
    public async Task<(int Code, byte[] Output, string Errors)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PCSCLITE_CSOCK_NAME"] = Socket;
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToArray(), await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (pcscd is { HasExited: false })
        {
            pcscd.Kill();
            await pcscd.WaitForExitAsync();
        }
        pcscd?.Dispose();
        await Reader.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A line into the network of that pcscd: a shell there that passes bytes both ways until its input ends.</summary>
    private ReaderLine Dial()
    {
        string[] inside = IsRoot ? ["-n"] : ["-U", "--preserve-credentials", "-n"];
        var script = $"exec 3<>/dev/tcp/127.0.0.1/{Port}; cat <&3 & cat >&3; kill $!";
        var start = new ProcessStartInfo("/usr/bin/nsenter", ["-t", $"{pcscd!.Id}", .. inside, "/bin/bash", "-c", script])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        var shell = Process.Start(start)!;
        return new ReaderLine(shell.StandardOutput.BaseStream, shell.StandardInput.BaseStream, new HangUp(shell));
    }

    private static bool IsRoot => geteuid() == 0;

    private string Socket => $"{folder}/run/pcscd.comm";

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    private sealed class HangUp(Process shell) : IDisposable
    {
        private int done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref done, 1) != 0) return;
            shell.StandardInput.BaseStream.Dispose();
            shell.WaitForExit(5_000);
            shell.Dispose();
        }
    }
}
