using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.Identity.Keys;

/// <summary>
/// The file of the key-encryption keys: keys of 32 bytes one after another, in any order; which one writes stands in the database. It is always written whole under another
/// name first, so that no reader and no crash sees half a key.
/// </summary>
internal sealed class KeyFile(string path)
{
    public const int KeyBytes = 32;

    public string Path => path;

    public bool Exists => File.Exists(path);

    /// <summary>By what a key is called: the beginning of its SHA-256.</summary>
    public static string IdOf(ReadOnlySpan<byte> key) => Convert.ToHexStringLower(SHA256.HashData(key))[..(2 * Kek.IdBytes)];

    /// <exception cref="InvalidOperationException">It holds something else than keys.</exception>
    public async Task<IReadOnlyList<(string Id, byte[] Key)>> Read(CancellationToken stop)
    {
        var bytes = await File.ReadAllBytesAsync(path, stop);
        if (bytes.Length == 0 || bytes.Length % KeyBytes != 0)
            throw new InvalidOperationException($"The key file {path} has {bytes.Length} bytes; it holds keys of {KeyBytes} bytes one after another: put the right file back.");
        return [.. bytes.Chunk(KeyBytes).Select(key => (IdOf(key), key)).DistinctBy(k => k.Item1)];
    }

    /// <summary>With a first key; the first process to arrive makes it.</summary>
    public void Make()
    {
        Directory.CreateDirectory(Folder);
        var draft = Draft([RandomNumberGenerator.GetBytes(KeyBytes)]);
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (Exists)
        {
            File.Delete(draft);
        }
    }

    public async Task<string> Add(CancellationToken stop)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var before = await Read(stop);
        File.Move(Draft([.. before.Select(k => k.Key), key]), path, overwrite: true);
        return IdOf(key);
    }

    public async Task Remove(string id, CancellationToken stop)
    {
        var left = (await Read(stop)).Where(k => k.Id != id).Select(k => k.Key).ToList();
        Must.Hold(left.Count > 0, "a key file is never left without a key");
        File.Move(Draft(left), path, overwrite: true);
    }

    private string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;

    private string Draft(IReadOnlyList<byte[]> keys)
    {
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(draft, mode);
        foreach (var key in keys) stream.Write(key);
        stream.Flush(flushToDisk: true);
        return draft;
    }
}
