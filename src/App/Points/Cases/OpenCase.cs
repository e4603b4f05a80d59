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

/// <summary>A case to be made: of a line, or a question with its topic.</summary>
internal sealed record NewCase(Guid Id, MunicipalityCode? Desk, string? Said)
{
    public CaseLine? Line { get; init; }

    public QuestionTopic? Topic { get; init; }
}

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

    private const string InsertQuestion = "insert into pts_case_question(bucket, id, topic) values (@Bucket, @Id, @Topic)";

    /// <param name="by">The citizen, or the member of staff at whose desk the citizen stands.</param>
    /// <returns>The case; <c>transfer_unknown</c>, <c>too_large</c> and what free text is refused for, <c>case_limit</c> (most), <c>id_reused</c>.</returns>
    public async Task<Result<OpenedCase>> Run(Citizen citizen, WantedCase wanted, Actor by, CancellationToken stop = default)
    {
        var found = await lines.Find(citizen, wanted.History, wanted.Receipt, stop);
        return found.Refused is { } no ? no : await Run(citizen, found.Value, wanted, by, stop);
    }

    internal async Task<Result<OpenedCase>> Run(Citizen citizen, CaseLine line, WantedCase wanted, Actor by, CancellationToken stop)
    {
        Task<Result<OpenedCase>?> There() => Known(citizen, line, wanted, stop);
        if (await There() is { } before) return before;
        var said = Read(wanted.Said);
        return said.Refused is { } wrong ? wrong : await Make(citizen, new NewCase(wanted.Id, line.Desk, said.Value) { Line = line }, by, There, stop);
    }

    /// <param name="there">Whether it is there already: the same press at the same time.</param>
    internal async Task<Result<OpenedCase>> Make(Citizen citizen, NewCase made, Actor by, Func<Task<Result<OpenedCase>?>> there, CancellationToken stop)
    {
        for (var draw = 0; draw < Draws; draw++)
        {
            var written = await Write(citizen, made, by, stop);
            if (written.Ok) return new OpenedCase(Must.Have(await find.ById(citizen.Id, made.Id, stop), "a case that was opened is there"), Repeated: false);
            // Else the number was somebody's already, and another one is drawn.
            if (await there() is { } other) return other;
            if (written.Refused!.Code != "busy") return written.Refused;
        }
        return Refusal.Of("busy");
    }

    /// <returns>null when there is none.</returns>
    private async Task<Result<OpenedCase>?> Known(Citizen citizen, CaseLine line, WantedCase wanted, CancellationToken stop)
    {
        if (await find.About(citizen.Id, line, stop) is { } open) return new OpenedCase(open, Repeated: true);
        if (await find.ById(citizen.Id, wanted.Id, stop) is not { } same) return null;
        return same.Citizen == citizen.Id && same.Line is { } about && about.History == line.History && about.Transfer == line.Transfer ? new OpenedCase(same, Repeated: true) : Refusal.Of("id_reused");
    }

    private Task<Result<bool>> Write(Citizen citizen, NewCase made, Actor by, CancellationToken stop) => database.WriteOrRefuse<bool>(async tx =>
    {
        var (bucket, now) = (buckets.Of(citizen.Id.Value), clock.NowMs());
        var most = (await settings.View()).Number("case.open_most", default, now);
        if (await tx.Connection.ExecuteAsync(CountUp, new { Bucket = bucket, Citizen = citizen.Id, Most = most }, tx.Handle) == 0) return Refusal.Of("case_limit", ("most", most));
        var (line, row) = (made.Line, made.Line?.Row);
        var written = await tx.Connection.ExecuteAsync(Insert, new
        {
            Bucket = bucket, made.Id, Number = CaseNumber.Draw().Digits, Citizen = citizen.Id, History = line?.History ?? "", Transfer = line?.Transfer ?? new TransferId(made.Id),
            Kind = line is null ? "" : Words<Ledger.TransferKind>.Of(line.Kind), Receipt = row?.Receipt ?? "", TimeMs = row?.TimeMs ?? now, Points = line?.Points ?? "", What = row?.What ?? "", More = row?.Note,
            Way = Words<CaseWay>.Of(line?.Way ?? CaseWay.Inside), Amount = line?.Amount.Value ?? 0, line?.Acceptor, made.Said,
            OpenedBy = Words<CaseSide>.Of(by.Kind == ActorKind.Citizen ? CaseSide.Citizen : CaseSide.Desk), Desk = CaseRow.Stored(made.Desk), Now = now,
        }, tx.Handle);
        if (written == 0) return Refusal.Of("busy");
        if (made.Topic is { } topic) await tx.Connection.ExecuteAsync(InsertQuestion, new { Bucket = bucket, made.Id, Topic = Words<QuestionTopic>.Of(topic) }, tx.Handle);
        await log.Write(tx, new Operation(line is null ? "case.asked" : "case.opened", by, made.Id, citizen.Id, After: made.Desk?.Value ?? "operator"));
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
