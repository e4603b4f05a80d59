using Dapper;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Navi.Portal;

/// <summary>Operators write a text of the portal anew from a minute on (S4-19, S2-P4c, K-17). What held before stays to be read.</summary>
public sealed class WritePortalText(PortalCache portal, OperationLog log)
{
    private const string Upsert = "insert into nav_text(key, from_ms, body) values (@Key, @FromMs, @Body) on conflict(key, from_ms) do update set body = excluded.body";

    private const int ShownInLog = 100;

    /// <param name="text">Empty: nothing is shown.</param>
    /// <returns>It; <c>role_forbidden</c>, <c>not_found</c> for no such text, <c>field_required</c> (from), <c>moment_format</c> (from), <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<DatedText>> Run(StaffAtWork work, string key, string? text, string? from, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        if (PortalTextKind.Find(key) is null) return Refusal.Of("not_found");
        var (words, moment) = (PortalEntry.Lines("text", text), PortalEntry.Moment("from", from));
        if ((words.Refused ?? moment.Refused) is { } no) return no;
        var after = new DatedText(key, moment.Value, words.Value);
        return await portal.Change<DatedText>(async tx =>
        {
            await tx.Connection.ExecuteAsync(Upsert, new { after.Key, after.FromMs, Body = after.Text }, tx.Handle);
            var shown = after.Text.Length > ShownInLog ? after.Text[..ShownInLog] : after.Text;
            await log.Write(tx, new Operation("portal_text.set", work.Actor, After: $"{key} from {PortalEntry.Written(after.FromMs)}: {shown.Replace('\n', ' ')}"));
            return after;
        }, stop);
    }
}
