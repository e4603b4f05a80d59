using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Cases;

/// <summary>Open: somebody has to answer. Answered: the citizen may read it. Closed: for ever; the same line may be asked about anew.</summary>
public enum CaseState { Open, Answered, Closed }

/// <summary>Who opened or closed it: the citizen, or staff.</summary>
public enum CaseSide { Citizen, Desk }

/// <summary>What a question is about that belongs to no line of a history (S0-1022d).</summary>
public enum QuestionTopic { Misuse, Points, Shops, Login, Id, Site, Other }

/// <summary>What a citizen asks or tells a desk, and what becomes of it. It never moves points.</summary>
/// <param name="Desk">The municipality whose office looks after it; null: the operators.</param>
public sealed record Case(Guid Id, CaseNumber Number, CitizenId Citizen, MunicipalityCode? Desk, CaseState State, long OpenedMs)
{
    /// <summary>The line of a history that the citizen does not recognise; null: a question by itself.</summary>
    public CaseFacts? Line { get; init; }

    /// <summary>Of a question; null where there is a line.</summary>
    public QuestionTopic? Topic { get; init; }

    /// <summary>The citizen's own sentence.</summary>
    public string? Said { get; init; }

    public CaseSide OpenedBy { get; init; }

    /// <summary>The office that handed it on to the operators.</summary>
    public MunicipalityCode? PassedBy { get; init; }

    public long? AnsweredMs { get; init; }

    public long? ClosedMs { get; init; }

    public CaseSide? ClosedBy { get; init; }

    public string Path => $"/my/cases/{Number.Digits}";
}

/// <summary>A line as its row said it when it was told of.</summary>
/// <param name="History">As in <see cref="CaseLine.History"/>.</param>
public sealed record CaseFacts(string History, TransferId Transfer, TransferKind Kind, string Receipt, long TimeMs)
{
    /// <summary>As the points are called.</summary>
    public string Points { get; init; } = "";

    /// <summary>What the row said: what happened, and where.</summary>
    public string What { get; init; } = "";

    public string? More { get; init; }

    public CaseWay Way { get; init; }

    public Points Amount { get; init; }

    public AcceptorId? Acceptor { get; init; }
}

/// <param name="Desk">The office that said it; null: the operators.</param>
public sealed record CaseAnswer(Guid Id, MunicipalityCode? Desk, string Said, long SaidMs);

internal sealed record CaseRow
{
    public const string All = """
        select id, case_no, citizen, history, transfer, kind, receipt, time_ms, points_name, what, more, way, amount, acceptor, said, opened_by, desk, passed_by, state, opened_ms, answered_ms, closed_ms, closed_by,
          (select q.topic from pts_case_question q where q.bucket = pts_case.bucket and q.id = pts_case.id) as topic
        from pts_case
        """;

    public Guid Id { get; init; }
    public string CaseNo { get; init; } = "";
    public CitizenId Citizen { get; init; }
    public string? Topic { get; init; }
    public string History { get; init; } = "";
    public TransferId Transfer { get; init; }
    public string Kind { get; init; } = "";
    public string Receipt { get; init; } = "";
    public long TimeMs { get; init; }
    public string PointsName { get; init; } = "";
    public string What { get; init; } = "";
    public string? More { get; init; }
    public string Way { get; init; } = "";
    public long Amount { get; init; }
    public AcceptorId? Acceptor { get; init; }
    public string? Said { get; init; }
    public string OpenedBy { get; init; } = "";
    public string Desk { get; init; } = "";
    public string? PassedBy { get; init; }
    public string State { get; init; } = "";
    public long OpenedMs { get; init; }
    public long? AnsweredMs { get; init; }
    public long? ClosedMs { get; init; }
    public string? ClosedBy { get; init; }

    public Case Read() => new(Id, CaseNumber.Stored(CaseNo), Citizen, DeskOf(Desk), Words<CaseState>.Stored(State), OpenedMs)
    {
        Line = Topic is null ? ReadLine() : null, Topic = Topic is { } topic ? Words<QuestionTopic>.Stored(topic) : null, Said = Said, OpenedBy = Words<CaseSide>.Stored(OpenedBy),
        PassedBy = PassedBy is { } office ? MunicipalityCode.Of(office) : null, AnsweredMs = AnsweredMs, ClosedMs = ClosedMs, ClosedBy = ClosedBy is { } side ? Words<CaseSide>.Stored(side) : null,
    };

    private CaseFacts ReadLine() => new(History, Transfer, Words<TransferKind>.Stored(Kind), Receipt, TimeMs)
    {
        Points = PointsName, What = What, More = More, Way = Words<CaseWay>.Stored(Way), Amount = new Points(Amount), Acceptor = Acceptor,
    };

    public static MunicipalityCode? DeskOf(string stored) => stored.Length == 0 ? null : MunicipalityCode.Of(stored);

    public static string Stored(MunicipalityCode? desk) => desk?.Value ?? "";
}
