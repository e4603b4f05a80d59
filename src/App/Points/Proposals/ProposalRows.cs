using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Proposals;

/// <summary>A stored proposal with what became of it.</summary>
internal sealed record StoredProposal(Proposal Proposal, ProposalState State, byte[] Hash);

/// <summary>The proposals as they are kept.</summary>
internal static class ProposalRows
{
    private const string Columns = "select id, kind, subject, part, content, secret, hash, maker, made_ms, state from pts_proposal";

    /// <summary>What waits, oldest first.</summary>
    public static async Task<IReadOnlyList<Proposal>> Waiting(Database database, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where state = 'waiting' order by made_ms, id")).Select(r => r.Read().Proposal)];
    }

    public static async Task<Proposal?> Waiting(Database database, ProposalDraft of, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where kind = @Kind and subject = @Subject and part = @Part and state = 'waiting'",
            new { Kind = Words<ProposalKind>.Of(of.Kind), of.Subject, of.Part });
        return row?.Read().Proposal;
    }

    public static async Task<StoredProposal?> Find(Database database, Guid id, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where id = @id", new { id }))?.Read();
    }

    /// <summary>For the log.</summary>
    public static string Short(Proposal p) => $"{Words<ProposalKind>.Of(p.Kind)} {p.Subject}{(p.Part.Length == 0 ? "" : " " + p.Part)}";

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public string Subject { get; init; } = "";
        public string Part { get; init; } = "";
        public string Content { get; init; } = "";
        public byte[]? Secret { get; init; }
        public byte[] Hash { get; init; } = [];
        public StaffId Maker { get; init; }
        public long MadeMs { get; init; }
        public string State { get; init; } = "";

        public StoredProposal Read() => new(new Proposal(Id, Words<ProposalKind>.Stored(Kind), Subject, Part, Content, Secret, Maker, MadeMs), Words<ProposalState>.Stored(State), Hash);
    }
}
