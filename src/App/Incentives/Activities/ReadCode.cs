using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Activities;

/// <summary>What a code that was scanned or typed says: somebody was at this activity.</summary>
/// <param name="Step">Of the code of the screen.</param>
/// <param name="Slip">The hash of a slip's code.</param>
public sealed record Presence(Activity Activity, ReportWay Way, long? Step = null, byte[]? Slip = null);

/// <summary>Reads what stands in a QR code, behind <c>/a/</c>, or was typed: 8 digits of a screen, or 14 of a slip. A ticket (10) is read at the door only.</summary>
public sealed class ReadCode(Database database, FindActivities find, ActivityCodes codes, WatchReports watch, TimeProvider clock)
{
    public const string Path = "/a/";

    private const int Longest = 200, IdDigits = 32;

    private const string OfSlip = "select activity from inc_slip where code_hash = @hash";

    /// <summary>What stands in the QR code of a screen, before its digits.</summary>
    public static string Before(ActivityId id) => $"{Path}{id.Value:N}";

    /// <returns>The presence; <c>qr_invalid</c> for every code that is not good now, whatever is wrong with it.</returns>
    public async Task<Result<Presence>> Run(string? text, CancellationToken stop = default)
    {
        if (text is not { Length: > 0 and <= Longest }) return Refusal.Of("qr_invalid");
        var bare = CheckedNumber.Bare(text);
        var at = bare.LastIndexOf(Path, StringComparison.Ordinal);
        if (at >= 0) bare = bare[(at + Path.Length)..];
        if (bare.Length == IdDigits + ActivityCodes.Digits && Guid.TryParseExact(bare[..IdDigits], "N", out var id)) return await OfScreen(new ActivityId(id), bare[IdDigits..], stop);
        if (bare.Length == CheckedNumber.SlipDigits && CheckedNumber.IsGood(bare)) return await Slip(bare, stop);
        return bare.Length == ActivityCodes.Digits && bare.All(char.IsAsciiDigit) ? await Typed(bare, stop) : Refusal.Of("qr_invalid");
    }

    /// <summary>A code that was scanned in time, and its owner has logged in since.</summary>
    /// <returns>The presence; <c>qr_invalid</c> when that took longer than a quarter of an hour.</returns>
    public async Task<Result<Presence>> Sealed(string? sealedText, CancellationToken stop = default) =>
        await codes.Open(sealedText, clock.NowMs(), stop) is { } seen && await find.One(seen.Activity, stop) is { } activity ? new Presence(activity, ReportWay.Code, seen.Step) : Refusal.Of("qr_invalid");

    private async Task<Result<Presence>> OfScreen(ActivityId id, string digits, CancellationToken stop)
    {
        if (await find.One(id, stop) is not { } activity) return Refusal.Of("qr_invalid");
        if (await codes.Match(activity, digits, clock.NowMs(), stop) is { } step) return new Presence(activity, ReportWay.Code, step);
        await watch.Wrong(activity, stop);
        return Refusal.Of("qr_invalid");
    }

    /// <summary>Digits that two activities show at the same moment report neither: the next half minute brings others.</summary>
    private async Task<Result<Presence>> Typed(string digits, CancellationToken stop)
    {
        var (now, good) = (clock.NowMs(), new List<Presence>());
        foreach (var activity in await find.On(Jst.Day(now), stop))
            if (await codes.Match(activity, digits, now, stop) is { } step) good.Add(new Presence(activity, ReportWay.Code, step));
        return good is [var one] ? one : Refusal.Of("qr_invalid");
    }

    private async Task<Result<Presence>> Slip(string code, CancellationToken stop)
    {
        var hash = await codes.HashOf(code, stop);
        await using var connection = await database.Open(stop);
        var activity = await connection.QuerySingleOrDefaultAsync<ActivityId?>(OfSlip, new { hash });
        return activity is { } id && await find.One(id, stop) is { } found ? new Presence(found, ReportWay.Slip, Slip: hash) : Refusal.Of("qr_invalid");
    }
}
