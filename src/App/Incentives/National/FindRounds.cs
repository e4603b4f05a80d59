using Dapper;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.National;

/// <summary>A service that can be chosen for a round, and when (S3-18).</summary>
public sealed record RegisteredForRound(PaymentService Service, RoundRegistration Days);

/// <summary>Totals of a round: all that a municipality or the State sees (K-16).</summary>
public sealed record RoundTotals(Round Round, long People, long Premium);

/// <summary>Reading rounds.</summary>
public sealed class FindRounds(Database database, FindPaymentServices services)
{
    public async Task<IReadOnlyList<Round>> All(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<RoundRow>($"{RoundRow.All} order by apply_from desc, id")).Select(r => r.Read())];
    }

    public async Task<Round?> Find(ProgrammeId id, CancellationToken stop = default) => (await All(stop)).FirstOrDefault(r => r.Id == id);

    /// <summary>Those that people are still told of: premiums can be earned, or soon will be.</summary>
    public async Task<IReadOnlyList<Round>> Current(DateOnly today, CancellationToken stop = default) => [.. (await All(stop)).Where(r => today <= r.Buy.Until || today <= r.Apply.Until)];

    public async Task<IReadOnlyList<RoundRegistration>> ServicesOf(ProgrammeId round, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<ServiceRow>("select round, service, from_day, until_day from inc_round_service where round = @round order by service", new { round }))
            .Select(r => new RoundRegistration(r.Round, r.Service, r.FromDay, r.UntilDay))];
    }

    /// <summary>The registered services of a round that are on, by a part of the name.</summary>
    /// <param name="words">Null or empty: all.</param>
    public async Task<IReadOnlyList<RegisteredForRound>> Listed(ProgrammeId round, string? words, CancellationToken stop = default)
    {
        var days = (await ServicesOf(round, stop)).ToDictionary(s => s.Service);
        return [.. (await services.Listed(words, stop)).Where(s => days.ContainsKey(s.Id)).Select(s => new RegisteredForRound(s, days[s.Id]))];
    }

    /// <summary>How many have applied, and what was given, each round by itself. No person, no day, no purchase.</summary>
    public async Task<IReadOnlyList<RoundTotals>> Totals(CancellationToken stop = default)
    {
        var rounds = await All(stop);
        await using var connection = await database.Open(stop);
        var people = (await connection.QueryAsync<(ProgrammeId Round, long Count)>("select round, count(*) from inc_round_choice group by round")).ToDictionary(r => r.Round, r => r.Count);
        var given = (await connection.QueryAsync<(ProgrammeId Round, long Sum)>("select round, cast(sum(given) as bigint) from inc_premium_event where round is not null group by round")).ToDictionary(r => r.Round, r => r.Sum);
        return [.. rounds.Select(r => new RoundTotals(r, people.GetValueOrDefault(r.Id), given.GetValueOrDefault(r.Id)))];
    }

    private sealed class ServiceRow
    {
        public ProgrammeId Round { get; init; }
        public PaymentServiceId Service { get; init; }
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }
    }
}
