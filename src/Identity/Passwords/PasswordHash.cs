using System.Security.Cryptography;
using System.Text;
using MyKey.Kernel;

namespace MyKey.Identity.Passwords;

/// <summary>PBKDF2-HMAC-SHA512 output of 32 bytes with its 16-byte salt and rounds.</summary>
public sealed record StoredPassword(byte[] Salt, byte[] Hash, int Iterations);

/// <summary>
/// The slow hash behind passwords and shop codes. At most half of the cores work at it at one time; a bounded number waits, one more is
/// refused with <c>busy</c>. Never used on the payment path.
/// </summary>
public sealed class PasswordHash(IdentityOptions options) : IDisposable
{
    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly byte[] nobody = RandomNumberGenerator.GetBytes(16);
    private int waiting;
    private long computed;

    /// <summary>How often the hash was computed since the start.</summary>
    public long Computed => Interlocked.Read(ref computed);

    /// <summary>Hashes a new password with a fresh salt.</summary>
    public async Task<Result<StoredPassword>> Make(string password, CancellationToken stop = default)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = await InTurn(password, salt, options.PasswordIterations, stop);
        return hash.Refused is { } no ? no : new StoredPassword(salt, hash.Value, options.PasswordIterations);
    }

    /// <summary>Compares in constant time. With null, the same work is done for nobody, and the answer is false.</summary>
    public async Task<Result<bool>> Matches(string password, StoredPassword? stored, CancellationToken stop = default)
    {
        var hash = await InTurn(password, stored?.Salt ?? nobody, stored?.Iterations ?? options.PasswordIterations, stop);
        if (hash.Refused is { } no) return no;
        return stored is not null && CryptographicOperations.FixedTimeEquals(hash.Value, stored.Hash);
    }

    /// <summary>Whether the rounds are those of today; else the next right password is hashed anew.</summary>
    public bool IsCurrent(StoredPassword stored) => stored.Iterations == options.PasswordIterations;

    public void Dispose() => turns.Dispose();

    private async Task<Result<byte[]>> InTurn(string password, byte[] salt, int iterations, CancellationToken stop)
    {
        if (Interlocked.Increment(ref waiting) > options.PasswordQueueLimit)
        {
            Interlocked.Decrement(ref waiting);
            return Refusal.Of("busy");
        }
        try
        {
            await turns.WaitAsync(stop);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
        try
        {
            Interlocked.Increment(ref computed);
            return await Task.Run(() => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA512, 32), stop);
        }
        finally
        {
            turns.Release();
        }
    }
}
