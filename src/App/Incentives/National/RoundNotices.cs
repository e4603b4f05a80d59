using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.National;

/// <summary>Scam: the warning on every page of the scheme (S3-16). CardWait: how long a card takes (S3-15, K-17).</summary>
public enum RoundNotice { Scam, CardWait }

/// <summary>Texts that hold from a day on: those of <c>round_notices.csv</c>, and what operators have written since.</summary>
public sealed class RoundNotices(Database database, OperationLog log)
{
    public const int Longest = 300;

    private const string Upsert = "insert into inc_round_notice(kind, from_day, text) values (@Kind, @From, @Text) on conflict(kind, from_day) do update set text = excluded.text";

    private static readonly IReadOnlyList<(RoundNotice Kind, DateOnly From, string Text)> First =
        [.. Embedded.Rows(typeof(RoundNotices), "round_notices.csv", 3).Select(r => (Words<RoundNotice>.Stored(r[0]), DateOnly.ParseExact(r[1], "yyyyMMdd", CultureInfo.InvariantCulture), r[2]))];

    /// <summary>The text in force.</summary>
    public async Task<string> On(RoundNotice kind, DateOnly day, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var own = (await connection.QueryAsync<(DateOnly From, string Text)>("select from_day, text from inc_round_notice where kind = @Kind", new { Kind = Words<RoundNotice>.Of(kind) })).Select(r => (kind, r.From, r.Text));
        // Of one day what was written last.
        return First.Where(n => n.Kind == kind).Concat(own).Where(n => n.Item2 <= day).OrderBy(n => n.Item2).Select(n => n.Item3).LastOrDefault("");
    }

    /// <returns><c>role_forbidden</c>, <c>field_required</c> (field), <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<bool>> Save(StaffAtWork work, RoundNotice kind, (DateOnly From, string? Text) wanted, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        var text = Registry.NameText.Read("text", wanted.Text, Longest);
        if (text.Refused is { } no) return no;
        var row = new { Kind = Words<RoundNotice>.Of(kind), wanted.From, Text = text.Value };
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle);
            await log.Write(tx, new Operation("round.notice_set", work.Actor, null, After: System.FormattableString.Invariant($"{row.Kind} {wanted.From:yyyy-MM-dd} {text.Value}")));
        }, stop);
        return true;
    }
}
