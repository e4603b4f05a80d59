using System.Security.Cryptography;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Keys;

/// <summary>
/// The key-encryption key: 32 random bytes in a file of mode 0600 outside data folder and backups (decision 9), made at first need. It
/// wraps secrets by AES-256-GCM; a database whose key is lost is not served.
/// </summary>
public sealed class Kek(IdentityOptions options, Database database, TimeProvider clock) : IDisposable
{
    private const int NonceBytes = 12, TagBytes = 16, KeyBytes = 32;
    private readonly SemaphoreSlim once = new(1, 1);
    private volatile Loaded? loaded;

    /// <summary>Call at start, before anything is served.</summary>
    /// <exception cref="InvalidOperationException">Secrets of this database are wrapped by a key that the file does not hold.</exception>
    public async Task CheckAtStart(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        if (await connection.QuerySingleAsync<int>("select count(*) from idn_kek") > 0) await Load(stop);
    }

    /// <summary>Wraps a secret.</summary>
    /// <param name="owner">What it belongs to, e.g. <c>totp:id</c>: a wrapped secret moved to another owner does not open.</param>
    /// <returns>Id of the key, and nonce ‖ ciphertext ‖ tag.</returns>
    public async Task<(string KekId, byte[] Wrapped)> Wrap(byte[] secret, string owner, CancellationToken stop = default)
    {
        var key = await Load(stop);
        var wrapped = new byte[NonceBytes + secret.Length + TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key.Bytes, TagBytes);
        aes.Encrypt(wrapped.AsSpan(0, NonceBytes), secret, wrapped.AsSpan(NonceBytes, secret.Length), wrapped.AsSpan(NonceBytes + secret.Length), System.Text.Encoding.UTF8.GetBytes(owner));
        return (key.Id, wrapped);
    }

    /// <summary>32 bytes that nobody can know without the key, the same each time.</summary>
    /// <param name="of">What for, e.g. <c>enrol:id</c>.</param>
    public async Task<byte[]> Digest(string of, CancellationToken stop = default)
    {
        var key = await Load(stop);
        return HMACSHA256.HashData(HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, KeyBytes, info: "mykey digest"u8.ToArray()), System.Text.Encoding.UTF8.GetBytes(of));
    }

    /// <exception cref="CryptographicException">Changed, of another owner, or wrapped by another key.</exception>
    public async Task<byte[]> Unwrap(byte[] wrapped, string owner, CancellationToken stop = default)
    {
        var key = await Load(stop);
        var secret = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key.Bytes, TagBytes);
        aes.Decrypt(wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, secret.Length), wrapped.AsSpan(NonceBytes + secret.Length), secret, System.Text.Encoding.UTF8.GetBytes(owner));
        return secret;
    }

    /// <summary>A key of 32 bytes for one purpose, always the same; from it nothing leads to this one or to that of another purpose.</summary>
    public async Task<byte[]> Derive(string purpose, CancellationToken stop = default) => HKDF.DeriveKey(HashAlgorithmName.SHA256, (await Load(stop)).Bytes, 32, info: System.Text.Encoding.UTF8.GetBytes(purpose));

    public void Dispose() => once.Dispose();

    private async Task<Loaded> Load(CancellationToken stop)
    {
        if (loaded is { } ready) return ready;
        await once.WaitAsync(stop);
        try
        {
            if (loaded is { } now) return now;
            await using var connection = await database.Open(stop);
            var known = await connection.QuerySingleOrDefaultAsync<string>("select kek_id from idn_kek");
            if (!File.Exists(options.KekFile))
            {
                if (known is not null) throw new InvalidOperationException($"The key file {options.KekFile} is gone, and secrets of this database are wrapped by it: put key {known} back.");
                Make(options.KekFile);
            }
            var bytes = await File.ReadAllBytesAsync(options.KekFile, stop);
            var id = bytes.Length == KeyBytes ? Convert.ToHexStringLower(SHA256.HashData(bytes))[..16] : "of another length";
            known ??= await Register(id, stop);
            if (known != id) throw new InvalidOperationException($"The key file {options.KekFile} holds key {id}; the secrets of this database are wrapped by key {known}.");
            return loaded = new Loaded(id, bytes);
        }
        finally
        {
            once.Release();
        }
    }

    /// <summary>The first key registered stands, whichever process was quicker; idn_kek never has two rows.</summary>
    private Task<string> Register(string id, CancellationToken stop) => database.Write(async tx =>
    {
        if (tx.Engine == Engine.Postgres) await tx.Connection.ExecuteAsync("lock table idn_kek in exclusive mode", transaction: tx.Handle);
        await tx.Connection.ExecuteAsync("insert into idn_kek(kek_id, made_ms) select @Id, @Now where not exists (select 1 from idn_kek)", new { Id = id, Now = clock.NowMs() }, tx.Handle);
        return await tx.Connection.QuerySingleAsync<string>("select kek_id from idn_kek", transaction: tx.Handle);
    }, stop);

    /// <summary>Written whole under another name first, so that no reader and no crash sees half a key; the first to arrive stands.</summary>
    private static void Make(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var draft = $"{file}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, mode))
        {
            stream.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }

    private sealed record Loaded(string Id, byte[] Bytes);
}
