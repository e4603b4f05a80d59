using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Attendance;

/// <summary>Somebody about to stand on a list.</summary>
public sealed record Attendee(Guid Id, CitizenId Citizen, PersonKey Person, string ShownId, RecordedBy By, bool Leads, long Counted)
{
    public static Attendee Of(Recipient recipient, NewAttendance asked, RecordedBy by) =>
        new(asked.Id, recipient.Citizen, recipient.Person, recipient.MyKeyId.Masked, by, asked.Leads, asked.Counted);
}

/// <summary>The lines of an occasion: one for each person (S2-P19c).</summary>
public sealed class AttendanceRows(Database database, OperationLog log)
{
    private const string Insert = """
        insert into pts_attendance(occasion, line, id, citizen, person, shown_id, recorded_by, leads, counted)
        values (@Occasion, (select coalesce(max(line), 0) + 1 from pts_attendance where occasion = @Occasion), @Id, @Citizen, @Person, @ShownId, @By, @Leads, @Counted)
        on conflict do nothing
        """;

    /// <returns>true for a line that is there, <c>id_reused</c> for one of another occasion, null for none.</returns>
    public async Task<Result<bool>?> Known(OccasionId occasion, Guid line, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        if (await connection.QuerySingleOrDefaultAsync<OccasionId?>("select occasion from pts_attendance where id = @line", new { line }) is not { } there) return null;
        return there == occasion ? true : Refusal.Of("id_reused");
    }

    /// <summary>For whoever holds the occasion's row.</summary>
    /// <returns>true; <c>already_recorded</c>, <c>too_large</c>.</returns>
    public async Task<Result<bool>> Add(Transaction tx, (Actor Actor, TerminalId? Device) by, OccasionId occasion, Attendee who)
    {
        if (await tx.Connection.ExecuteScalarAsync<long>("select count(*) from pts_attendance where occasion = @occasion", new { occasion }, tx.Handle) >= Occasion.MostLines) return Refusal.Of("too_large");
        var rows = await tx.Connection.ExecuteAsync(Insert, new
        {
            Occasion = occasion, who.Id, who.Citizen, who.Person, who.ShownId, By = Words<RecordedBy>.Of(who.By), Leads = who.Leads ? 1 : 0, who.Counted,
        }, tx.Handle);
        if (rows == 0) return Refusal.Of("already_recorded");
        await log.Write(tx, new Operation("attendance.recorded", by.Actor, occasion.Value, who.Citizen, by.Device, After: $"{Words<RecordedBy>.Of(who.By)} {who.Counted}"));
        return true;
    }
}
