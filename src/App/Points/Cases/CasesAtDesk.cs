using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Cases;

/// <summary>Who is there, and what was found of what the person tells.</summary>
public sealed record SoughtLines(Citizen Citizen, IReadOnlyList<CaseLine> Lines);

/// <summary>
/// An office opens the same case for somebody who stands at its desk without telephone or card reader: by the MyKey ID, and the number on a receipt or the day.
/// Only lines of the office's own points are found, and that a day was looked at stands in the operation log.
/// </summary>
public sealed class CasesAtDesk(Database database, FindCitizen citizens, CaseLines lines, OpenCase open, OperationLog log)
{
    /// <returns>The lines, none when nothing fits; <c>role_forbidden</c>, <c>id_format</c>, <c>not_found</c> for an ID that is nobody's, <c>field_required</c> (receipt) with neither number nor day.</returns>
    public async Task<Result<SoughtLines>> Seek(StaffAtWork work, string? myKeyId, string? receipt, DateOnly? day, CancellationToken stop = default)
    {
        if (AnswerCase.Require(work).Refused is { } forbidden) return forbidden;
        var id = MyKeyId.ReadTyped(myKeyId);
        if (id.Refused is { } unreadable) return unreadable;
        if (await citizens.ById(id.Value, stop) is not { } citizen) return Refusal.Of("not_found");
        if (!string.IsNullOrWhiteSpace(receipt)) return new SoughtLines(citizen, await lines.By(citizen, work.Office.Code, receipt, stop));
        if (day is not { } date) return Refusal.Of("field_required", ("field", "receipt"));
        await database.Write(tx => log.Write(tx, new Operation("case.lines_shown", work.Actor, citizen.Id.Value, citizen.Id, After: $"{date:yyyy-MM-dd}")), stop);
        return new SoughtLines(citizen, await lines.On(citizen, work.Office.Code, date, stop));
    }

    /// <returns>The case; as <see cref="OpenCase.Run(Citizen, WantedCase, Actor, CancellationToken)"/>, <c>role_forbidden</c>, <c>id_format</c>, <c>not_found</c>; <c>transfer_unknown</c> for a line that another desk looks after.</returns>
    public async Task<Result<OpenedCase>> Open(StaffAtWork work, string? myKeyId, WantedCase wanted, CancellationToken stop = default)
    {
        if (AnswerCase.Require(work).Refused is { } forbidden) return forbidden;
        var id = MyKeyId.ReadTyped(myKeyId);
        if (id.Refused is { } unreadable) return unreadable;
        if (await citizens.ById(id.Value, stop) is not { } citizen) return Refusal.Of("not_found");
        var line = await lines.Find(citizen, wanted.History, wanted.Receipt, stop);
        if (line.Refused is { } unknown) return unknown;
        return line.Value.Desk == work.Office.Code ? await open.Run(citizen, line.Value, wanted, work.Actor, stop) : Refusal.Of("transfer_unknown");
    }
}
