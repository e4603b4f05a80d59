using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.App.Cases;

/// <summary>What is asked for.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="History">A purse or <c>reserved</c>; with <paramref name="Receipt"/> it says which line.</param>
/// <param name="Said">A sentence, if the citizen likes.</param>
public sealed record WantedCase(Guid Id, string? History, string? Receipt, string? Said);

/// <param name="Repeated">It was there before.</param>
public sealed record OpenedCase(Case Case, bool Repeated);

/// <summary>
/// Somebody does not recognise a line of his history (S0-5011, S0-5013): the case is filled with that line, so nothing has to be written down. A line has one
/// case that is not closed: whoever presses again is led to it.
/// </summary>
public sealed class OpenCase(Database database, CaseLines lines, FindCases find, Settings settings, OperationLog log, Buckets buckets, TimeProvider clock)
{
    public const int LongestSaid = 200;

    private const int Draws = 3;

    private const string CountUp = """
        insert into pts_case_count(bucket, citizen, unclosed) values (@Bucket, @Citizen, 1)
        on conflict (bucket, citizen) do update set unclosed = pts_case_count.unclosed + 1 where pts_case_count.unclosed < @Most
        """;

    private const string Insert = """
        insert into pts_case(bucket, id, case_no, citizen, history, transfer, kind, receipt, time_ms, points_name, what, more, way, amount, acceptor, said, opened_by, desk, state, opened_ms)
        values (@Bucket, @Id, @Number, @Citizen, @History, @Transfer, @Kind, @Receipt, @TimeMs, @Points, @What, @More, @Way, @Amount, @Acceptor, @Said, @OpenedBy, @Desk, 'open', @Now)
        on conflict do nothing
        """;

    /// <param name="by">The citizen, or the member of staff at whose desk the citizen stands.</param>
    /// <returns>The case; <c>transfer_unknown</c>, <c>too_large</c> and what free text is refused for, <c>case_limit</c> (most), <c>id_reused</c>.</returns>
    public async Task<Result<OpenedCase>> Run(Citizen citizen, WantedCase wanted, Actor by, CancellationToken stop = default)
    {
        var found = await lines.Find(citizen, wanted.History, wanted.Receipt, stop);
        return found.Refused is { } no ? no : await Run(citizen, found.Value, wanted, by, stop);
    }

    internal async Task<Result<OpenedCase>> Run(Citizen citizen, CaseLine line, WantedCase wanted, Actor by, CancellationToken stop)
    {
        if (await Known(citizen, line, wanted, stop) is { } before) return before;
        var said = Read(wanted.Said);
        if (said.Refused is { } wrong) return wrong;
        for (var draw = 0; draw < Draws; draw++)
        {
            var made = await Write(citizen, line, (wanted.Id, said.Value), by, stop);
            if (made.Ok) return new OpenedCase(Must.Have(await find.ById(citizen.Id, wanted.Id, stop), "a case that was opened is there"), Repeated: false);
            // The same press at the same time; else the number was somebody's already, and another one is drawn.
            if (await Known(citizen, line, wanted, stop) is { } other) return other;
            if (made.Refused!.Code != "busy") return made.Refused;
        }
        return Refusal.Of("busy");
    }

    /// <returns>null when there is none.</returns>
    private async Task<Result<OpenedCase>?> Known(Citizen citizen, CaseLine line, WantedCase wanted, CancellationToken stop)
    {
        if (await find.About(citizen.Id, line, stop) is { } open) return new OpenedCase(open, Repeated: true);
        if (await find.ById(citizen.Id, wanted.Id, stop) is not { } same) return null;
        return same.Citizen == citizen.Id && same.History == line.History && same.Transfer == line.Transfer ? new OpenedCase(same, Repeated: true) : Refusal.Of("id_reused");
    }

    private Task<Result<bool>> Write(Citizen citizen, CaseLine line, (Guid Id, string? Said) form, Actor by, CancellationToken stop) => database.WriteOrRefuse<bool>(async tx =>
    {
        var (bucket, now) = (buckets.Of(citizen.Id.Value), clock.NowMs());
        var most = (await settings.View()).Number("case.open_most", default, now);
        if (await tx.Connection.ExecuteAsync(CountUp, new { Bucket = bucket, Citizen = citizen.Id, Most = most }, tx.Handle) == 0) return Refusal.Of("case_limit", ("most", most));
        var row = line.Row;
        var written = await tx.Connection.ExecuteAsync(Insert, new
        {
            Bucket = bucket, form.Id, Number = CaseNumber.Draw().Digits, Citizen = citizen.Id, line.History, line.Transfer, Kind = Words<Ledger.TransferKind>.Of(line.Kind), row.Receipt, row.TimeMs, line.Points,
            row.What, More = row.Note, Way = Words<CaseWay>.Of(line.Way), Amount = line.Amount.Value, line.Acceptor, form.Said,
            OpenedBy = Words<CaseSide>.Of(by.Kind == ActorKind.Citizen ? CaseSide.Citizen : CaseSide.Desk), Desk = CaseRow.Stored(line.Desk), Now = now,
        }, tx.Handle);
        if (written == 0) return Refusal.Of("busy");
        await log.Write(tx, new Operation("case.opened", by, form.Id, citizen.Id, After: line.Desk?.Value ?? "operator"));
        return true;
    }, stop);

    private static Result<string?> Read(string? typed) => string.IsNullOrWhiteSpace(typed) ? (string?)null : SentenceText.Read("said", typed, LongestSaid).Then<string?>(text => text);
}

/// <summary>What somebody writes in a field of several lines: kept as one sentence.</summary>
internal static class SentenceText
{
    /// <returns>As <see cref="NameText"/>, where the ends of lines are no fault.</returns>
    public static Result<string> Read(string field, string? typed, int most) =>
        NameText.Read(field, string.Join(' ', (typed ?? "").Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)), most);
}
