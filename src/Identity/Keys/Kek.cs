using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Keys;

/// <summary>
/// The key-encryption keys: 32 random bytes each, in a file of mode 0600 outside data folder and backups (decision 9), made at first need. One of them writes, older ones
/// read until they are taken away (<see cref="ChangeKek"/>); every wrapped value names its key. They wrap secrets by AES-256-GCM; a database whose key is lost is not served.
/// </summary>
public sealed class Kek(IdentityOptions options, Database database, TimeProvider clock) : IDisposable
{
    internal const int IdBytes = 8, HeadBytes = 16;

    /// <summary>Keys for one purpose each, which outlive the keys that wrap them.</summary>
    internal static readonly string[] Purposes = [DigestPurpose, "activity-code", "activity-slip", "mail-code", "payment-account", "programme-export", "queue-place", "street-card", "ticket-link"];

    private const int NonceBytes = 12, TagBytes = 16;
    private const string DigestPurpose = "mykey digest";

    private readonly KeyFile file = new(options.KekFile);
    private readonly KekRows rows = new(database, clock);
    private readonly ConcurrentDictionary<string, byte[]> subkeys = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim once = new(1, 1);
    private volatile Ring? ring;

    /// <summary>Begins a value that names its key. One that was wrapped before keys had names begins with a nonce instead: by chance with these bytes once in 2^64.</summary>
    internal static ReadOnlySpan<byte> Mark => "mykeykek"u8;

    /// <summary>Call at start, before anything is served.</summary>
    /// <exception cref="InvalidOperationException">Secrets of this database are wrapped by a key that the file does not hold.</exception>
    public async Task CheckAtStart(CancellationToken stop = default)
    {
        if ((await rows.All(stop)).Count == 0) return;
        await Load(null, stop);
        // What followed from the first key is written down while that key is here.
        foreach (var purpose in Purposes) await Derive(purpose, stop);
    }

    /// <summary>Wraps a secret.</summary>
    /// <param name="owner">What it belongs to, e.g. <c>totp:id</c>: a wrapped secret moved to another owner does not open. Its column is a <see cref="WrappedPlace"/>.</param>
    /// <returns>Id of the key, and mark ‖ id ‖ nonce ‖ ciphertext ‖ tag.</returns>
    public async Task<(string KekId, byte[] Wrapped)> Wrap(byte[] secret, string owner, CancellationToken stop = default)
    {
        var now = await Fresh(stop);
        var wrapped = new byte[HeadBytes + NonceBytes + secret.Length + TagBytes];
        HeadOf(now.Writing).CopyTo(wrapped, 0);
        var body = wrapped.AsSpan(HeadBytes);
        RandomNumberGenerator.Fill(body[..NonceBytes]);
        using var aes = new AesGcm(now.Keys[now.Writing], TagBytes);
        aes.Encrypt(body[..NonceBytes], secret, body[NonceBytes..^TagBytes], body[^TagBytes..], Encoding.UTF8.GetBytes(owner));
        return (now.Writing, wrapped);
    }

    /// <exception cref="CryptographicException">Changed, or of another owner.</exception>
    /// <exception cref="InvalidOperationException">Wrapped by a key that the file does not hold.</exception>
    public async Task<byte[]> Unwrap(byte[] wrapped, string owner, CancellationToken stop = default)
    {
        var (key, start) = await KeyOf(wrapped, stop);
        if (wrapped.Length < start + NonceBytes + TagBytes) throw new CryptographicException("A wrapped value is too short to be one.");
        var secret = new byte[wrapped.Length - start - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        var body = wrapped.AsSpan(start);
        aes.Decrypt(body[..NonceBytes], body[NonceBytes..^TagBytes], body[^TagBytes..], secret, Encoding.UTF8.GetBytes(owner));
        return secret;
    }

    /// <summary>32 bytes that nobody can know without the key, the same each time.</summary>
    /// <param name="of">What for, e.g. <c>enrol:id</c>.</param>
    public async Task<byte[]> Digest(string of, CancellationToken stop = default) => HMACSHA256.HashData(await Derive(DigestPurpose, stop), Encoding.UTF8.GetBytes(of));

    /// <summary>A key of 32 bytes for one purpose, always the same, whatever key writes; from it nothing leads to that of another purpose.</summary>
    public async Task<byte[]> Derive(string purpose, CancellationToken stop = default)
    {
        Must.Hold(Purposes.Contains(purpose, StringComparer.Ordinal), $"{purpose} is a purpose that a key is kept for");
        if (subkeys.TryGetValue(purpose, out var known)) return known;
        var wrapped = await rows.Subkey(purpose, stop);
        if (wrapped is null)
        {
            var (_, fresh) = await Wrap(NewSubkey(await Known(stop), purpose), OwnerOf(purpose), stop);
            wrapped = await rows.KeepSubkey(purpose, fresh, stop);
        }
        return subkeys[purpose] = await Unwrap(wrapped, OwnerOf(purpose), stop);
    }

    public void Dispose() => once.Dispose();

    internal static byte[] HeadOf(string id) => [.. Mark, .. Convert.FromHexString(id)];

    internal static string OwnerOf(string purpose) => $"subkey:{purpose}";

    /// <summary>The keys as they are now.</summary>
    internal Task<Ring> Look(CancellationToken stop) => Load(ring, stop);

    /// <summary>Before keys had rows of their own they followed from the first key-encryption key: so they stay, for tickets and cards that are out.</summary>
    private byte[] NewSubkey(Ring now, string purpose)
    {
        if (now.Derives is not { } first) return RandomNumberGenerator.GetBytes(KeyFile.KeyBytes);
        return now.Keys.TryGetValue(first, out var key) ? HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyFile.KeyBytes, info: Encoding.UTF8.GetBytes(purpose)) : throw Missing(first);
    }

    private async Task<(byte[] Key, int Start)> KeyOf(byte[] wrapped, CancellationToken stop)
    {
        var now = await Known(stop);
        var named = wrapped.Length >= HeadBytes && wrapped.AsSpan().StartsWith(Mark);
        var id = named ? Convert.ToHexStringLower(wrapped.AsSpan(Mark.Length, IdBytes)) : now.First;
        if (!now.Keys.ContainsKey(id)) now = await Load(now, stop);
        return (now.Keys.GetValueOrDefault(id) ?? throw Missing(id), named ? HeadBytes : 0);
    }

    private InvalidOperationException Missing(string id) => new($"Secrets of this database are wrapped by key {id}, which the key file {file.Path} does not hold: put it there (docs/operations.md).");

    private async ValueTask<Ring> Known(CancellationToken stop) => ring ?? await Load(null, stop);

    /// <summary>Another process may have made another key the one that writes, less than a second ago.</summary>
    private async ValueTask<Ring> Fresh(CancellationToken stop) =>
        ring is { } now && clock.GetElapsedTime(now.At).TotalMilliseconds < Cached<Ring>.MaxAgeMs ? now : await Load(ring, stop);

    private async Task<Ring> Load(Ring? seen, CancellationToken stop)
    {
        await once.WaitAsync(stop);
        try
        {
            if (ring is { } newer && newer != seen) return newer;
            var at = clock.GetTimestamp();
            var known = await rows.All(stop);
            return ring = known.Count == 0 ? await First(at, stop) : await Read(known, at, stop);
        }
        finally
        {
            once.Release();
        }
    }

    private async Task<Ring> First(long at, CancellationToken stop)
    {
        if (!file.Exists) file.Make();
        return await Read(await rows.Begin((await file.Read(stop))[0].Id, stop), at, stop);
    }

    /// <summary>The file is read again for a key that is not in memory yet: so a changed file counts without a restart.</summary>
    private async Task<Ring> Read(IReadOnlyList<KekRow> known, long at, CancellationToken stop)
    {
        var live = known.Where(k => k.EndedMs is null).ToList();
        var keys = ring?.Keys ?? [];
        if (live.Any(k => !keys.ContainsKey(k.KekId)))
        {
            if (!file.Exists) throw new InvalidOperationException($"The key file {file.Path} is gone, and secrets of this database are wrapped by it: put key {string.Join(" and ", live.Select(k => k.KekId))} back.");
            keys = (await file.Read(stop)).ToDictionary(k => k.Id, k => k.Key);
            // A process that serves goes on with what it has; a new one does not begin.
            if (ring is null && live.Find(k => !keys.ContainsKey(k.KekId)) is { } missing)
                throw new InvalidOperationException($"The key file {file.Path} holds key {string.Join(" and ", keys.Keys)}; the secrets of this database are wrapped by key {missing.KekId}.");
        }
        var here = keys.Where(k => live.Any(l => l.KekId == k.Key)).ToDictionary(StringComparer.Ordinal);
        var writing = live.Where(k => here.ContainsKey(k.KekId)).MaxBy(k => k.No) ?? throw Missing(live.MaxBy(k => k.No)!.KekId);
        return new Ring(here, writing.KekId, known.Single(k => k.No == 1).KekId, live.Find(k => k.Derives == 1)?.KekId, live, at);
    }

    /// <param name="First">Whose are the values that name no key.</param>
    /// <param name="Derives">From it followed the keys of purposes; null: they are random.</param>
    internal sealed record Ring(Dictionary<string, byte[]> Keys, string Writing, string First, string? Derives, IReadOnlyList<KekRow> Live, long At);
}
