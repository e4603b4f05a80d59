using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.National;

/// <summary>The one payment service that a person has chosen for a round, for good (S3-05, K-26).</summary>
/// <param name="Id">The holder of its premiums in the ledger.</param>
/// <param name="Tail">Of the service ID.</param>
public sealed record Choice(Guid Id, ProgrammeId Round, CitizenId Citizen, PersonKey Person, PaymentServiceId Service, Guid Account, string Tail, bool AtCounter, long MadeMs)
{
    public CitizenId Holder => new(Id);
}

/// <summary>Reading choices.</summary>
public sealed class FindChoices(Database database)
{
    private const string Columns = "select id, round, citizen, person, service, account, tail, at_counter, made_ms from inc_round_choice";

    /// <summary>By the key that survives a new ID.</summary>
    public async Task<Choice?> Of(ProgrammeId round, PersonKey person, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where round = @round and person = @person", new { round, person }))?.Read();
    }

    public async Task<Choice?> Find(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where id = @id", new { id }))?.Read();
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public ProgrammeId Round { get; init; }
        public CitizenId Citizen { get; init; }
        public PersonKey Person { get; init; }
        public PaymentServiceId Service { get; init; }
        public Guid Account { get; init; }
        public string Tail { get; init; } = "";
        public int AtCounter { get; init; }
        public long MadeMs { get; init; }

        public Choice Read() => new(Id, Round, Citizen, Person, Service, Account, Tail, AtCounter == 1, MadeMs);
    }
}
