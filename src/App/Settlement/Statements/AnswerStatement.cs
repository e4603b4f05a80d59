using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.Machines;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Settlement;

/// <summary>A partner confirms its statement of a closed month, or says what is wrong with it. It may change its mind; the sum stays.</summary>
public sealed class AnswerStatement(Database database, FindMonths months, FindStatements find, OperationLog log, TimeProvider clock)
{
    private const string Upsert = """
        insert into stl_answer(month, partner, municipality, state, note, due, machine, made_ms) values (@Month, @Partner, @Municipality, @State, @Note, @Due, @Machine, @Now)
        on conflict(month, partner, municipality) do update set state = excluded.state, note = excluded.note, due = excluded.due, machine = excluded.machine, made_ms = excluded.made_ms
        """;

    /// <param name="month">yyyy-MM.</param>
    /// <param name="why">Of a dispute; null: confirmed.</param>
    /// <returns>The statement; as <see cref="FindMonths.Closed(string, CancellationToken)"/>, <c>not_found</c> for a municipality of which it has none, and what free text is refused for.</returns>
    public async Task<Result<Statement>> Run((Machine Machine, PartnerId Partner) by, string? month, string? municipality, string? why, CancellationToken stop = default)
    {
        var closed = await months.Closed(month, stop);
        if (closed.Refused is { } open) return open;
        var code = MunicipalityCode.Read(municipality);
        if (code.Refused is { } unreadable) return unreadable;
        if ((await find.Of(by.Partner, closed.Value.Month, stop)).FirstOrDefault(s => s.Municipality == code.Value) is not { } statement) return Refusal.Of("not_found");
        Result<string> note = why is null ? "" : NameText.Read("reason", why, ClaimMonth.LongestReason);
        if (note.Refused is { } no) return no;
        var row = new
        {
            Month = statement.Month.Number, Partner = by.Partner.Value, Municipality = code.Value.Value, State = why is null ? "confirmed" : "disputed", Note = note.Value, statement.Due, Machine = by.Machine.Id, Now = clock.NowMs(),
        };
        await database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle);
            await log.Write(tx, new Operation("settlement.statement_answered", Actor.Of(by.Machine.Id), by.Partner.Value, After: $"{statement.Month} {code.Value} {row.State} {statement.Due}", Reason: why is null ? null : note.Value));
        }, stop);
        return statement with { Answer = new StatementAnswer(why is null, note.Value, row.Now) };
    }
}
