using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Navi.Portal;

/// <summary>An announcement as typed.</summary>
/// <param name="Id">Made by the caller: the same again changes it.</param>
/// <param name="From"><c>2026-12-01T09:00</c>, in the time of Japan.</param>
/// <param name="Until">The first minute at which it is gone; left out: it stays.</param>
public sealed record WantedAnnouncement(Guid Id, string? Title, string? Text, string? From, string? Until, string? Place, AnnouncementState State);

/// <summary>Operators announce, from a minute on and until another (S2-P1c).</summary>
public sealed class SaveAnnouncement(PortalCache portal, OperationLog log)
{
    private const string Upsert = """
        insert into nav_announcement(id, title, body, from_ms, until_ms, place, state) values (@Id, @Title, @Body, @FromMs, @UntilMs, @Place, @State)
        on conflict(id) do update set title = excluded.title, body = excluded.body, from_ms = excluded.from_ms, until_ms = excluded.until_ms, place = excluded.place, state = excluded.state
        """;

    /// <returns>It; <c>role_forbidden</c>, <c>field_required</c> (title, text, from), <c>moment_format</c> (from, until), <c>period_format</c>, <c>number_format</c> (place), <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<Announcement>> Run(StaffAtWork work, WantedAnnouncement wanted, CancellationToken stop = default)
    {
        if (work.Require(Role.Operator).Refused is { } forbidden) return forbidden;
        var read = Read(wanted);
        if (read.Refused is { } no) return no;
        var after = read.Value;
        return await portal.Change<Announcement>(async tx =>
        {
            await tx.Connection.ExecuteAsync(Upsert, new { after.Id, after.Title, after.Body, after.FromMs, after.UntilMs, after.Place, State = Words<AnnouncementState>.Of(after.State) }, tx.Handle);
            await log.Write(tx, new Operation("announcement.saved", work.Actor, after.Id, After: InShort(after)));
            return after;
        }, stop);
    }

    private static Result<Announcement> Read(WantedAnnouncement wanted)
    {
        var (title, text) = (NameText.Read("title", wanted.Title, PortalEntry.LongestTitle), PortalEntry.Lines("text", wanted.Text));
        if ((title.Refused ?? text.Refused) is { } unfit) return unfit;
        if (text.Value.Length == 0) return Refusal.Of("field_required", ("field", "text"));
        var (from, until, place) = (PortalEntry.Moment("from", wanted.From), PortalEntry.MomentOrNone("until", wanted.Until), PortalEntry.Place(wanted.Place));
        if ((from.Refused ?? until.Refused ?? place.Refused) is { } no) return no;
        return until.Value <= from.Value ? Refusal.Of("period_format") : new Announcement(wanted.Id, title.Value, text.Value, from.Value, until.Value, place.Value, wanted.State);
    }

    private static string InShort(Announcement a) => string.Create(CultureInfo.InvariantCulture,
        $"{PortalEntry.Written(a.FromMs)} to {(a.UntilMs is { } until ? PortalEntry.Written(until) : "open")} place {a.Place} {Words<AnnouncementState>.Of(a.State)} {a.Title}");
}
