using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Exchange;

/// <summary>A partner's code as it counts: capital letters and digits, however it was typed from paper.</summary>
public readonly record struct CouponCode
{
    public const int Shortest = 8, Longest = 40;

    private CouponCode(string text) => Text = text;

    public string Text { get; }

    /// <summary>What a screen shows of it.</summary>
    public string Shown => $"…{Text[^4..]}";

    /// <returns>The code; <c>number_format</c>; <c>my_number_refused</c> or <c>pan_refused</c> for what must not be typed anywhere (S0-1002a).</returns>
    public static Result<CouponCode> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).ToUpperInvariant().Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (text.Length is < Shortest or > Longest || !text.All(char.IsAsciiLetterOrDigit)) return Refusal.Of("number_format");
        return FreeText.Check(text) is { } no ? no : new CouponCode(text);
    }
}

/// <summary>Where the row of a code stands.</summary>
public readonly record struct CouponPlace(int Bucket, byte[] Hash);

/// <summary>
/// From a code to its row: HMAC-SHA-256 under a key of the platform. A partner is part of it, so that no partner learns by its own files which codes
/// another one has given out.
/// </summary>
public sealed class CouponPlaces(Database database, Kek kek, Buckets buckets) : IDisposable
{
    internal const string Owner = "coupon-key:1";
    private readonly SemaphoreSlim once = new(1, 1);
    private volatile byte[]? key;

    public async ValueTask<Func<PartnerId, CouponCode, CouponPlace>> Open(CancellationToken stop = default)
    {
        var secret = key ?? await Load(stop);
        return (partner, code) => Of(secret, partner, code);
    }

    public void Dispose() => once.Dispose();

    private CouponPlace Of(byte[] secret, PartnerId partner, CouponCode code)
    {
        Span<byte> name = stackalloc byte[16 + CouponCode.Longest];
        partner.Value.TryWriteBytes(name, bigEndian: true, out _);
        var length = 16 + Encoding.ASCII.GetBytes(code.Text, name[16..]);
        var hash = HMACSHA256.HashData(secret, name[..length]);
        return new CouponPlace((int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)buckets.Count), hash);
    }

    private async Task<byte[]> Load(CancellationToken stop)
    {
        await once.WaitAsync(stop);
        try
        {
            if (key is { } ready) return ready;
            var (_, fresh) = await kek.Wrap(RandomNumberGenerator.GetBytes(32), Owner, stop);
            // The first key stands, whichever process was quicker.
            var wrapped = await database.Write(async tx =>
            {
                await tx.Connection.ExecuteAsync("insert into pts_coupon_key(no, wrapped) values (1, @fresh) on conflict do nothing", new { fresh }, tx.Handle);
                return await tx.Connection.QuerySingleAsync<byte[]>("select wrapped from pts_coupon_key where no = 1", transaction: tx.Handle);
            }, stop);
            return key = await kek.Unwrap(wrapped, Owner, stop);
        }
        finally
        {
            once.Release();
        }
    }
}
