using System.Globalization;
using MyKey.App.GrantBatches;
using MyKey.App.Shared.Csv;
using MyKey.App.Tables;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Attendance;

/// <summary>Somebody who is to be recorded.</summary>
/// <param name="Id">Of the line, made by the caller: the same again records once.</param>
/// <param name="MyKeyId">As typed; not with a token.</param>
/// <param name="Code">お店で使う番号 of My Page, where the person is there to show it.</param>
/// <param name="CitizenToken">Of a card that was held at this device.</param>
/// <param name="Counted">Stamps or hours; 1 to 1,000.</param>
public sealed record NewAttendance(Guid Id, string? MyKeyId = null, string? Code = null, string? CitizenToken = null, bool Leads = false, long Counted = 1);

/// <summary>What a file said that could not be recorded.</summary>
public sealed record RefusedLine(int Line, string ShownId, string Code);

/// <param name="Recorded">Lines that are in the list now and were not before.</param>
public sealed record AttendanceFile(int Recorded, IReadOnlyList<RefusedLine> Refused);

/// <summary>Puts people on the list of an occasion: each once, found by card, one-time code, MyKeyId or a file. What is not a MyKeyId is not kept.</summary>
public sealed class AddAttendance(Database database, RecordAttendance record, FindRecipients recipients, FindCitizen citizens, UseOneTimeCode codes, CitizenTokens tokens, AttendanceRows rows,
    TimeProvider clock)
{
    public const long MostCounted = 1_000;

    private static readonly CsvColumn[] Columns =
    [
        JudgeRows.Columns.Single(c => c.Name == JudgeRows.MyKeyIdColumn), JudgeRows.Columns.Single(c => c.Name == JudgeRows.RoleColumn),
        new(GrantByTable.CountColumn, Required: false, "count", "時間", "回数", "hours"),
    ];

    /// <returns>
    /// true when the person is on the list now, also on a repeat; <see cref="RecordAttendance.Writable"/>'s refusals, <c>already_recorded</c>, <c>too_large</c> for a full
    /// list, <c>count_format</c>, <c>id_format</c>, <c>mykey_unknown</c>, <c>id_suspended</c>, <c>id_reused</c>, and those of <see cref="UseOneTimeCode"/> and of a token.
    /// </returns>
    public async Task<Result<bool>> Run(Recorder by, OccasionId id, NewAttendance asked, CancellationToken stop = default)
    {
        var occasion = await record.Writable(by.Organiser, id, stop);
        if (occasion.Refused is { } no) return no;
        if (asked.Counted is < 1 or > MostCounted) return Refusal.Of("count_format");
        if (await rows.Known(id, asked.Id, stop) is { } before) return before;
        var token = asked.CitizenToken;
        if (token is null && !string.IsNullOrWhiteSpace(asked.Code))
        {
            var shown = await codes.Use(by.Device, asked.MyKeyId, asked.Code, stop);
            if (shown.Refused is { } wrong) return wrong;
            token = shown.Value;
        }
        if (token is null)
        {
            var typed = await recipients.Of(asked.MyKeyId, stop);
            if (typed.Refused is { } nobody) return nobody;
            return await Write(by, id, Attendee.Of(typed.Value, asked, RecordedBy.Id), null, stop);
        }
        var there = await tokens.Find(token, by.Device, null, stop);
        if (there.Refused is { } gone) return gone;
        if (await citizens.PersonKeyOf(there.Value.Citizen.Id, stop) is not { } person) return Refusal.Of("mykey_unknown");
        var attendee = new Attendee(asked.Id, there.Value.Citizen.Id, person, there.Value.Citizen.MyKeyId.Masked, there.Value.Way == Way.Code ? RecordedBy.Code : RecordedBy.Card, asked.Leads, asked.Counted);
        return await Write(by, id, attendee, (token, there.Value), stop);
    }

    /// <summary>A list as a file: what is right is recorded, the rest is told. Who is on the list already stays on it once, so the mended file may be sent whole.</summary>
    /// <returns>What was recorded; <see cref="RecordAttendance.Writable"/>'s refusals, <c>body_unreadable</c>, <c>field_required</c>, <c>field_unknown</c>, <c>file_empty</c>, <c>too_large</c>.</returns>
    public async Task<Result<AttendanceFile>> File(Recorder by, OccasionId id, byte[] content, CancellationToken stop = default)
    {
        var occasion = await record.Writable(by.Organiser, id, stop);
        if (occasion.Refused is { } no) return no;
        var table = CsvTable.Read(content, Columns);
        if (table.Refused is { } unreadable) return unreadable;
        if (table.Value.Unasked is { } further) return further;
        var lines = table.Value.Lines(Occasion.MostLines);
        if (lines.Refused is { } unusable) return unusable;
        var found = await recipients.Each(lines.Value.Select(l => l[JudgeRows.MyKeyIdColumn]), stop);
        return await database.WriteOrRefuse<AttendanceFile>(async tx =>
        {
            if (!await RecordAttendance.Hold(tx, id)) return Refusal.Of("occasion_closed");
            var (recorded, refused) = (0, new List<RefusedLine>());
            foreach (var (line, who) in lines.Value.Zip(found))
            {
                var judged = Judge(line, who.Then<Recipient>(r => r.RequireActive()));
                var written = judged.Refused is { } wrong ? wrong : await rows.Add(tx, (by.Actor, by.Device.Id), id, judged.Value);
                if (written.Ok) recorded++;
                else if (written.Refused!.Code == "too_large") return Refusal.Of("too_large");
                else refused.Add(new RefusedLine(line.Line, JudgeRows.Shown(line[JudgeRows.MyKeyIdColumn]), written.Refused.Code));
            }
            return new AttendanceFile(recorded, refused);
        }, stop);
    }

    private Result<Attendee> Judge(CsvRow line, Result<Recipient> who)
    {
        if (who.Refused is { } nobody) return nobody;
        if (JudgeRows.Leads(line[JudgeRows.RoleColumn]) is not { } leads) return Refusal.Of("role_unknown");
        var typed = line[GrantByTable.CountColumn];
        var counted = typed.Length == 0 ? 1 : Count(typed);
        return counted is null ? Refusal.Of("count_format") : Attendee.Of(who.Value, new NewAttendance(Ids.NewV7(clock), Leads: leads, Counted: counted.Value), RecordedBy.File);
    }

    /// <returns>A whole number as typed; null for what is none that may be counted.</returns>
    public static long? Count(string? typed) =>
        long.TryParse(Typed.HalfWidth(typed), NumberStyles.None, CultureInfo.InvariantCulture, out var counted) && counted is >= 1 and <= MostCounted ? counted : null;

    private Task<Result<bool>> Write(Recorder by, OccasionId id, Attendee attendee, (string Token, CitizenAtTerminal Shown)? shown, CancellationToken stop) =>
        database.WriteOrRefuse<bool>(async tx =>
        {
            if (!await RecordAttendance.Hold(tx, id)) return Refusal.Of("occasion_closed");
            if (shown is { } there && (await tokens.Take(tx, there.Token, there.Shown, attendee.Id)).Refused is { } used) return used;
            return await rows.Add(tx, (by.Actor, by.Device.Id), id, attendee);
        }, stop);
}
