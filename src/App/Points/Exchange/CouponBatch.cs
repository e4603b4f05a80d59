using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <summary>Receiving: not all of it is here, none of its codes can be used. Open: can be used. Refused: can not, and its codes are gone.</summary>
public enum CouponBatchState { Receiving, Open, Refused }

/// <summary>A file of codes that a partner brought.</summary>
/// <param name="Sha256">Of the file, 64 lower-case hex digits: its name.</param>
/// <param name="Lines">Read so far; <paramref name="Good"/> of them are coupons.</param>
/// <param name="Points">The partner's, of all good lines together.</param>
/// <param name="Digest">Over what was read so far: a file that is sent again goes on where the first try ended, if it is the same one.</param>
public sealed record CouponBatch(Guid Id, PartnerId Partner, string Sha256, CouponBatchState State, int Lines, int Good, long Points, byte[] Digest, long MadeMs, long? OpenedMs)
{
    /// <summary>Lines read so far that are no coupon.</summary>
    public int Refused => Lines - Good;
}

internal sealed record CouponBatchRow
{
    public const string All = "select id, partner, sha256, state, line_count, good_count, points, digest, made_ms, opened_ms from pts_coupon_batch";

    public Guid Id { get; init; }
    public PartnerId Partner { get; init; }
    public string Sha256 { get; init; } = "";
    public string State { get; init; } = "";
    public int LineCount { get; init; }
    public int GoodCount { get; init; }
    public long Points { get; init; }
    public byte[] Digest { get; init; } = [];
    public long MadeMs { get; init; }
    public long? OpenedMs { get; init; }

    public CouponBatch Read() => new(Id, Partner, Sha256, Words<CouponBatchState>.Stored(State), LineCount, GoodCount, Points, Digest, MadeMs, OpenedMs);
}

/// <summary>One line of a file: a coupon, or why it is none.</summary>
/// <param name="Code">Of the refusal; null for a coupon.</param>
internal readonly record struct CouponLine(int Line, CouponPlace Place, long Points, DateOnly ExpiresOn, string? Code)
{
    public static CouponLine Refused(int line, string code) => new(line, default, 0, default, code);
}
