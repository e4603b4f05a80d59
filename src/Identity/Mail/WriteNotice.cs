using System.Text.Json;
using Dapper;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Outbox;

namespace MyKey.Identity.Mail;

/// <summary>A notice on its way. The mailbox is looked up when it is sent, so that none lies in the outbox in clear.</summary>
/// <param name="AtMs">When it happened.</param>
/// <param name="Facts">Codes and ids that the words need; no MyKeyId, no name.</param>
/// <param name="To">Wrapped, where it is another than the one on file by then: replaced or removed.</param>
public sealed record NoticeBody(Guid Citizen, Notice Notice, long AtMs, IReadOnlyDictionary<string, string> Facts, byte[]? To);

/// <summary>Notices for those who have a mailbox on file, written in the transaction of what they tell.</summary>
public sealed class WriteNotice(Database database, Outbox outbox, Kek kek, TimeProvider clock)
{
    public const string Kind = "notice";

    /// <summary>How many citizens fit into one question.</summary>
    private const int CitizensAtOnce = 500;

    /// <summary>The mailboxes on file of those who want to hear of it.</summary>
    private const string Wanting = "from idn_mail m where not exists (select 1 from idn_mail_off o where o.citizen = m.citizen and o.notice = @Notice)";

    private const string InSqlite = $"select m.citizen {Wanting} and m.citizen in (select unhex(value) from json_each(@ids))";

    private const string InPostgres = $"select m.citizen {Wanting} and m.citizen = any(@ids)";

    /// <summary>Nothing where the citizen has no mailbox on file or does not want this kind.</summary>
    public async Task Write(Transaction tx, CitizenId citizen, Notice notice, params (string Name, string Value)[] facts)
    {
        if (await tx.Connection.ExecuteScalarAsync<long>($"select count(*) {Wanting} and m.citizen = @citizen", new { citizen, Notice = notice.ToString() }, tx.Handle) > 0)
            await outbox.Write(tx, Kind, Text(citizen, notice, facts, null));
    }

    /// <summary>To a mailbox that is on file no more once this transaction stands.</summary>
    internal Task WriteTo(Transaction tx, CitizenId citizen, Notice notice, byte[] wrapped) => outbox.Write(tx, Kind, Text(citizen, notice, [], wrapped));

    /// <summary>Who of these wants to hear of a transfer of points.</summary>
    public async Task<IReadOnlySet<CitizenId>> Hearers(Notice notice, IReadOnlyCollection<CitizenId> citizens, CancellationToken stop = default)
    {
        var (found, postgres) = (new HashSet<CitizenId>(), database.Engine == Engine.Postgres);
        await using var connection = await database.Open(stop);
        foreach (var some in citizens.Distinct().Chunk(CitizensAtOnce))
        {
            var ids = postgres ? some.Select(c => c.Value).ToArray() : (object)JsonSerializer.Serialize(some.Select(c => Convert.ToHexString(c.Value.Bytes())));
            found.UnionWith(await connection.QueryAsync<CitizenId>(postgres ? InPostgres : InSqlite, new { ids, Notice = notice.ToString() }));
        }
        return found;
    }

    /// <summary>A statement of one row, for one of <see cref="Hearers"/>: it rides along with the transfer.</summary>
    /// <param name="about">What one mail tells of, however many transfers it has; null: the transfer.</param>
    public (string Sql, IReadOnlyList<(string Name, object? Value)> Values) Statement(CitizenId citizen, Notice notice, Guid? about, params (string Name, string Value)[] facts) =>
        outbox.Statement(Kind, Text(citizen, notice, facts, null), about);

    /// <summary>Where a notice goes now; null: nowhere any more.</summary>
    public async Task<Mailbox?> Find(NoticeBody body, CancellationToken stop = default)
    {
        var citizen = CitizenId.Of(body.Citizen);
        if (body.To is { } replaced) return Mailbox.Stored(await kek.Unwrap(replaced, KeepMail.Owner(citizen), stop));
        byte[]? wrapped;
        await using (var connection = await database.Open(stop))
            wrapped = await connection.QuerySingleOrDefaultAsync<byte[]?>($"select m.wrapped {Wanting} and m.citizen = @citizen", new { citizen, Notice = body.Notice.ToString() });
        return wrapped is null ? null : Mailbox.Stored(await kek.Unwrap(wrapped, KeepMail.Owner(citizen), stop));
    }

    public static NoticeBody Read(OutboxMessage message) => Must.Have(JsonSerializer.Deserialize<NoticeBody>(message.Body), "a notice in the outbox is one");

    private string Text(CitizenId citizen, Notice notice, (string Name, string Value)[] facts, byte[]? to) =>
        JsonSerializer.Serialize(new NoticeBody(citizen.Value, notice, clock.NowMs(), facts.ToDictionary(f => f.Name, f => f.Value), to));
}
