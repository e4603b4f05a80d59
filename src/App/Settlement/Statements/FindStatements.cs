using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Statements of closed months: views of the lines, and of what was booked.</summary>
public sealed class FindStatements(Database database)
{
    private const string Sums = """
        cast(sum(case when l.month < @Number then l.amount else 0 end) as bigint) as before, cast(sum(case when l.month = @Number and l.kind = @Exchange then l.amount else 0 end) as bigint) as exchanged,
        cast(sum(case when l.month = @Number and l.kind = @Move then l.amount else 0 end) as bigint) as moved, cast(sum(case when l.month = @Number then l.count else 0 end) as bigint) as transfers
        from stl_line l join stl_month m on m.month = l.month
        """;

    private const string LinesOfPartner = $"""
        select l.owner as partner, l.issuer as municipality, {Sums} where l.owner = @Partner and l.account_kind = @AccountKind and l.issuer <> @Pool and l.month <= @Number group by l.owner, l.issuer
        """;

    private const string LinesOfMunicipality = $"""
        select l.owner as partner, l.issuer as municipality, {Sums} where l.issuer = @Municipality and l.account_kind = @AccountKind and l.month <= @Number group by l.owner, l.issuer
        """;

    private const string LinesOfAll = $"select l.owner as partner, l.issuer as municipality, {Sums} where l.account_kind = @AccountKind and l.issuer <> @Pool and l.month <= @Number group by l.owner, l.issuer";

    private const string Booked = """
        select partner, municipality,
          cast(sum(case when book_month < @Number then (case when kind = 'correction' then amount else -amount end) else 0 end) as bigint) as before,
          cast(sum(case when book_month = @Number and kind = 'correction' then amount else 0 end) as bigint) as corrected, cast(sum(case when book_month = @Number and kind = 'payment' then amount else 0 end) as bigint) as paid
        from stl_payment where state = 'booked' and book_month <= @Number
        """;

    private const string BookedOfPartner = $"{Booked} and partner = @Partner group by partner, municipality";

    private const string BookedOfMunicipality = $"{Booked} and municipality = @Municipality group by partner, municipality";

    private const string BookedOfAll = $"{Booked} group by partner, municipality";

    private const string Answers = "select partner, municipality, state, note, made_ms from stl_answer where month = @Number";

    private const string CostsOf = """
        select account_kind, source, cast(sum(amount) as bigint) as amount from stl_line where issuer = @Municipality and account_kind in (@Acceptor, @Desk, @Centre, @Service, @Donation) and month = @Number
        group by account_kind, source
        """;

    /// <summary>By municipality.</summary>
    public Task<IReadOnlyList<Statement>> Of(PartnerId partner, SettlementMonth month, CancellationToken stop = default) => Read(LinesOfPartner, BookedOfPartner, Asked(month, partner, null), stop);

    /// <summary>By partner.</summary>
    public Task<IReadOnlyList<Statement>> Of(MunicipalityCode municipality, SettlementMonth month, CancellationToken stop = default) =>
        Read(LinesOfMunicipality, BookedOfMunicipality, Asked(month, default, municipality), stop);

    /// <summary>By partner and municipality.</summary>
    public Task<IReadOnlyList<Statement>> All(SettlementMonth month, CancellationToken stop = default) => Read(LinesOfAll, BookedOfAll, Asked(month, default, null), stop);

    /// <summary>What a closed month cost, by whom was paid.</summary>
    public async Task<IReadOnlyList<CostSplit>> Costs(MunicipalityCode municipality, SettlementMonth month, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = (await connection.QueryAsync<(int AccountKind, int Source, long Amount)>(CostsOf, new
        {
            Municipality = municipality, month.Number, Acceptor = (int)AccountKind.Acceptor, Desk = (int)AccountKind.VoucherDesk, Centre = (int)AccountKind.CardCentre, Service = (int)AccountKind.PaymentService,
            Donation = (int)AccountKind.Donation,
        })).ToLookup(r => r.AccountKind);
        return [.. rows.OrderBy(g => g.Key).Select(g => new CostSplit((AccountKind)g.Key, Of(g, FundedBy.Partner), Of(g, FundedBy.Budget), Of(g, FundedBy.Premium)))];

        static long Of(IEnumerable<(int AccountKind, int Source, long Amount)> rows, FundedBy by) => rows.Where(r => r.Source == (int)by).Sum(r => r.Amount);
    }

    private static Values Asked(SettlementMonth month, PartnerId partner, MunicipalityCode? municipality) => new(month.Number, partner.Value, municipality?.Value ?? "");

    private async Task<IReadOnlyList<Statement>> Read(string lines, string booked, Values asked, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var sums = (await connection.QueryAsync<Row>(lines, asked)).ToDictionary(r => (r.Partner, r.Municipality));
        var books = (await connection.QueryAsync<Row>(booked, asked)).ToDictionary(r => (r.Partner, r.Municipality));
        var answers = (await connection.QueryAsync<AnswerRow>(Answers, asked)).ToDictionary(a => (a.Partner, a.Municipality));
        var month = new SettlementMonth(asked.Number);
        return [.. sums.Keys.Union(books.Keys).OrderBy(k => k.Municipality, StringComparer.Ordinal).ThenBy(k => k.Partner).Select(k =>
        {
            var (l, b) = (sums.GetValueOrDefault(k) ?? new Row(), books.GetValueOrDefault(k) ?? new Row());
            return new Statement(month, new PartnerId(k.Partner), MunicipalityCode.Trusted(k.Municipality), l.Before + b.Before, l.Exchanged, l.Moved, b.Corrected, b.Paid, l.Transfers)
            {
                Answer = answers.GetValueOrDefault(k) is { } a ? new StatementAnswer(a.State == "confirmed", a.Note, a.MadeMs) : null,
            };
        })];
    }

    private sealed record Values(int Number, Guid Partner, string Municipality)
    {
        public string Pool => MunicipalityCode.Pool.Value;

        public int AccountKind => (int)MyKey.Ledger.AccountKind.Partner;

        public int Exchange => (int)TransferKind.Exchange;

        public int Move => (int)TransferKind.Move;
    }

    private sealed class Row
    {
        public Guid Partner { get; init; }
        public string Municipality { get; init; } = "";
        public long Before { get; init; }
        public long Exchanged { get; init; }
        public long Moved { get; init; }
        public long Corrected { get; init; }
        public long Paid { get; init; }
        public long Transfers { get; init; }
    }

    private sealed class AnswerRow
    {
        public Guid Partner { get; init; }
        public string Municipality { get; init; } = "";
        public string State { get; init; } = "";
        public string Note { get; init; } = "";
        public long MadeMs { get; init; }
    }
}
