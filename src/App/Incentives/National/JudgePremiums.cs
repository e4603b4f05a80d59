using System.Globalization;
using Dapper;
using MyKey.App.PaymentAccounts;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.National;

/// <summary>Judges what a service reports against the rounds and the choices of people. Changes nothing.</summary>
public sealed class JudgePremiums(Database database, FindRounds rounds, AccountKeys keys, TimeProvider clock)
{
    public const int LongestEvent = 64;

    public const long MostYen = 10_000_000;

    private const int LongestAccount = 100, AskedAtOnce = 500;

    private const string ByHashPostgres = "select id, round, number_hash as number, word_hash as word from inc_round_choice where service = @service and (number_hash = any(@hashes) or word_hash = any(@hashes))";

    private const string ByHashSqlite = "select id, round, number_hash as number, word_hash as word from inc_round_choice where service = @service and (number_hash in @hashes or word_hash in @hashes)";

    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz"];

    /// <summary>Judges for one service; what was looked up once is known for the whole of a file.</summary>
    public async Task<Sitting> Begin(PaymentServiceId service, CancellationToken stop = default) => new(this, service, await rounds.All(stop), clock.Today());

    /// <summary>One file, or one call.</summary>
    public sealed class Sitting(JudgePremiums of, PaymentServiceId service, IReadOnlyList<Round> rounds, DateOnly today)
    {
        private const int MostKnown = 400_000;

        private readonly Dictionary<string, IReadOnlyList<(Guid Choice, ProgrammeId Round)>> known = [];

        public async Task<IReadOnlyList<JudgedEvent>> Run(IReadOnlyList<SaidEvent> said, CancellationToken stop)
        {
            await Look(said, stop);
            return [.. said.Select(Judge)];
        }

        private JudgedEvent Judge(SaidEvent said)
        {
            var id = (said.EventId ?? "").Trim();
            if (id.Length == 0) return No("", Refusal.Of("field_required", ("field", "eventId")));
            if (id.Length > LongestEvent || !id.All(c => c is > ' ' and <= '~') || FreeText.Check(id) is not null) return No("", Refusal.Of("number_format", ("field", "eventId")));
            if (Words<PremiumKind>.Find((said.Kind ?? "").Trim()) is not { } kind) return No(id, Refusal.Of("field_unknown", ("field", "kind")));
            if (DayOf(said.At) is not { } day) return No(id, Refusal.Of("number_format", ("field", "at")));
            if (kind == PremiumKind.Return) return Return(said, id, day);
            if (!string.IsNullOrEmpty(said.Reverses)) return No(id, Refusal.Of("field_unknown", ("field", "reverses")));
            var amount = Points.Read(said.Amount);
            if (amount.Refused is not null || amount.Value.Value > MostYen) return No(id, Refusal.Of("amount_format"));
            if (string.IsNullOrEmpty(Account(said))) return No(id, Refusal.Of("field_required", ("field", "number")));
            var mine = known.GetValueOrDefault(Account(said)!, []);
            if (mine.Count == 0) return No(id, Refusal.Of("round_not_chosen"));
            if (day > today) return No(id, Refusal.Of("not_started", ("from", Words.Day(day))));
            // Days of purchase of two rounds never meet, so there is one at most.
            var (choice, round) = mine.Select(m => (m.Choice, Round: rounds.FirstOrDefault(r => r.Id == m.Round && r.Buy.Has(day)))).FirstOrDefault(m => m.Round is not null);
            if (round is null) return No(id, Shared.Refusals.Periods.Outside(rounds.First(r => r.Id == mine[0].Round).Buy.From, rounds.First(r => r.Id == mine[0].Round).Buy.Until));
            if (!round.Takes(kind)) return No(id, Refusal.Of("premium_kind", ("kinds", Round.Word(round.Kinds))));
            return new(said.Line, id, new PremiumEvent(service, id, round.Id, choice, kind, amount.Value.Value, day, round.Earned(amount.Value.Value), null) { Line = said.Line }, null);

            JudgedEvent No(string named, Refusal no) => new(said.Line, named, null, no);
        }

        private JudgedEvent Return(SaidEvent said, string id, DateOnly day)
        {
            var of = (said.Reverses ?? "").Trim();
            if (of.Length == 0) return new(said.Line, id, null, Refusal.Of("field_required", ("field", "reverses")));
            if (of == id || of.Length > LongestEvent) return new(said.Line, id, null, Refusal.Of("number_format", ("field", "reverses")));
            if (!string.IsNullOrEmpty(said.Amount)) return new(said.Line, id, null, Refusal.Of("field_unknown", ("field", "amount")));
            return new(said.Line, id, new PremiumEvent(service, id, null, null, PremiumKind.Return, 0, day, 0, of) { Line = said.Line }, null);
        }

        /// <summary>Whose accounts they are, those that are not known yet.</summary>
        private async Task Look(IReadOnlyList<SaidEvent> said, CancellationToken stop)
        {
            if (known.Count > MostKnown) known.Clear();
            var fresh = said.Select(Account).OfType<string>().Where(a => a.Length is > 0 and <= LongestAccount && !known.ContainsKey(a)).Distinct().ToList();
            foreach (var (account, choices) in await of.Chosen(service, fresh, stop)) known[account] = choices;
        }

        private static string? Account(SaidEvent said) => string.IsNullOrEmpty(said.Number) ? said.Word?.Trim() : Typed.HalfWidth(said.Number).Replace(" ", "", StringComparison.Ordinal);
    }

    /// <summary>Who has chosen some accounts, for which rounds.</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<(Guid Choice, ProgrammeId Round)>>> Chosen(PaymentServiceId service, IReadOnlyList<string> accounts, CancellationToken stop)
    {
        var hashes = new List<byte[]>(accounts.Count);
        foreach (var account in accounts) hashes.Add(await keys.Hash(service, account, stop));
        var rows = await Rows(service, [.. hashes], stop);
        var by = rows.SelectMany(r => new[] { (Hash: Convert.ToHexString(r.Number), Row: r), (Hash: Convert.ToHexString(r.Word), Row: r) }).ToLookup(r => r.Hash, r => (r.Row.Id, r.Row.Round));
        return accounts.Zip(hashes).ToDictionary(a => a.First, a => (IReadOnlyList<(Guid, ProgrammeId)>)[.. by[Convert.ToHexString(a.Second)].Distinct()]);
    }

    private async Task<IReadOnlyList<Row>> Rows(PaymentServiceId service, byte[][] hashes, CancellationToken stop)
    {
        if (hashes.Length == 0) return [];
        await using var connection = await database.Open(stop);
        if (database.Engine == Engine.Postgres) return (await connection.QueryAsync<Row>(ByHashPostgres, new { service, hashes })).AsList();
        var all = new List<Row>();
        foreach (var some in hashes.Chunk(AskedAtOnce)) all.AddRange(await connection.QueryAsync<Row>(ByHashSqlite, new { service, hashes = some }));
        return all;
    }

    private static DateOnly? DayOf(string? at)
    {
        var text = (at ?? "").Trim();
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        var whole = text.EndsWith('Z') ? text[..^1] + "+00:00" : text;
        return DateTimeOffset.TryParseExact(whole, Moments, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? Jst.Day(moment.ToUnixTimeMilliseconds()) : null;
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public ProgrammeId Round { get; init; }
        public byte[] Number { get; init; } = [];
        public byte[] Word { get; init; } = [];
    }
}
