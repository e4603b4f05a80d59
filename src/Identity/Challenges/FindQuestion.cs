using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Challenges;

/// <summary>What a browser that comes back from the agent was asked. It tells the way and proves nothing: codes are used by <see cref="UseCardCode"/>.</summary>
/// <param name="Purpose">null for a tap, and for a question that is not known.</param>
/// <param name="Binding">What the asking page bound it to.</param>
public sealed record AskedQuestion(Purpose? Purpose, TerminalId? Terminal, string? Binding)
{
    public static AskedQuestion Unknown { get; } = new(null, null, null);
}

/// <summary>Finds a question again, by the code of its answer or by its own id. Changes nothing.</summary>
public sealed class FindQuestion(Database database)
{
    public async Task<AskedQuestion> ByCode(string? code, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return Read(await connection.QuerySingleOrDefaultAsync<(string Purpose, TerminalId? Terminal, string? Binding)?>(
            "select purpose, terminal, binding from idn_challenge where code_hash = @Hash", new { Hash = Token.HashOf(code) }));
    }

    /// <param name="id">As <c>challengeId</c> or <c>tapId</c> of docs/card-protocol.md.</param>
    public async Task<AskedQuestion> ById(string? id, CancellationToken stop = default)
    {
        if (!Guid.TryParseExact(id, "N", out var value)) return AskedQuestion.Unknown;
        await using var connection = await database.Open(stop);
        return Read(await connection.QuerySingleOrDefaultAsync<(string Purpose, TerminalId? Terminal, string? Binding)?>(
            "select purpose, terminal, binding from idn_challenge where id = @Id", new { Id = new ChallengeId(value) }));
    }

    private static AskedQuestion Read((string Purpose, TerminalId? Terminal, string? Binding)? row) =>
        row is { } found ? new AskedQuestion(Purpose.Find(found.Purpose), found.Terminal, found.Binding) : AskedQuestion.Unknown;
}
