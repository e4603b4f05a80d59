using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Outbox;

namespace MyKey.Identity.Mail;

internal enum MailCodePurpose { Verify = 1, Stop = 2 }

/// <summary>The id of a number that is to be sent.</summary>
public sealed record MailCodeBody(Guid Id);

/// <summary>A mail with a number in it.</summary>
/// <param name="Stops">The number stops the ID; else it says that the mailbox is the citizen's.</param>
public sealed record CodeMail(Mailbox To, string Code, bool Stops);

/// <summary>Numbers of 6 digits that go out by mail and come back typed: 10 minutes, 5 tries, once. A mail holds no address to press (S0-1020b).</summary>
public sealed class MailCodes(Database database, Outbox outbox, Kek kek, TimeProvider clock)
{
    public const string Kind = "mail_code";
    public const long LifeMs = 10 * 60_000;
    public const int Tries = 5;

    /// <summary>So many numbers that stop an ID go to one citizen within a day: a stranger who knows ID and mailbox can't fill it.</summary>
    public const int StopsPerDay = 5;

    private const string Take = """
        update idn_mail_code set wrong = wrong + 1 where id = @id and purpose = @purpose and state = 1 and wrong < @Tries and expires_ms > @Now returning id, citizen, kek_id, wrapped
        """;

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public CitizenId? Citizen { get; init; }
        public string KekId { get; init; } = "";
        public byte[] Wrapped { get; init; } = [];
    }

    internal async Task<Guid> Write(Transaction tx, MailCodePurpose purpose, CitizenId? citizen, (string KekId, byte[] Wrapped) mailbox, Guid id)
    {
        await tx.Connection.ExecuteAsync("""
            insert into idn_mail_code(id, purpose, citizen, kek_id, wrapped, made_ms, expires_ms) values (@id, @purpose, @citizen, @KekId, @Wrapped, @Now, @Until)
            """, new { id, purpose, citizen, mailbox.KekId, mailbox.Wrapped, Now = clock.NowMs(), Until = clock.NowMs() + LifeMs }, tx.Handle);
        await outbox.Write(tx, Kind, JsonSerializer.Serialize(new MailCodeBody(id)));
        return id;
    }

    /// <summary>Counts a try and judges it, in a transaction that commits either way. A right number is used up.</summary>
    /// <returns><c>mail_code_wrong</c>, whatever is wrong with it.</returns>
    internal async Task<Result<Row>> Judge(Transaction tx, Guid id, MailCodePurpose purpose, string right, string? typed)
    {
        var row = await tx.Connection.QuerySingleOrDefaultAsync<Row>(Take, new { id, purpose, Tries, Now = clock.NowMs() }, tx.Handle);
        var digits = Typed.HalfWidth(typed).Replace(" ", "", StringComparison.Ordinal);
        if (row is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(digits.Length <= 32 ? digits : ""))) return Refusal.Of("mail_code_wrong");
        await tx.Connection.ExecuteAsync("update idn_mail_code set state = 2 where id = @id", new { id }, tx.Handle);
        return row;
    }

    /// <summary>The number of an id: it is kept nowhere.</summary>
    internal async Task<string> CodeOf(Guid id, CancellationToken stop)
    {
        var mac = HMACSHA256.HashData(await kek.Derive("mail-code", stop), id.Bytes());
        return (BinaryPrimitives.ReadUInt64BigEndian(mac) % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>What a number in the outbox becomes now; null: nothing, for it is over, or what was typed is not on file.</summary>
    public async Task<CodeMail?> Find(OutboxMessage message, CancellationToken stop = default)
    {
        var id = Must.Have(JsonSerializer.Deserialize<MailCodeBody>(message.Body), "a number in the outbox is one").Id;
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(CitizenId? Citizen, MailCodePurpose Purpose, byte[] Wrapped, long MadeMs)?>("""
            select citizen, purpose, wrapped, made_ms from idn_mail_code where id = @id and state = 1 and expires_ms > @Now
            """, new { id, Now = clock.NowMs() });
        if (row is not { Citizen: { } citizen } found) return null;
        var stops = found.Purpose == MailCodePurpose.Stop;
        var typed = Mailbox.Stored(await kek.Unwrap(found.Wrapped, stops ? Owner(id) : KeepMail.Owner(citizen), stop));
        if (stops && (await OnFile(connection, citizen, stop) is not { } own || own != typed || await Before(connection, citizen, found.MadeMs) >= StopsPerDay)) return null;
        return new CodeMail(typed, await CodeOf(id, stop), stops);
    }

    internal static string Owner(Guid id) => $"mail-code:{id:N}";

    internal Task<Mailbox?> OnFile(System.Data.Common.DbConnection connection, CitizenId citizen, CancellationToken stop) => OnFile(connection, null, citizen, stop);

    internal Task<Mailbox?> OnFile(Transaction tx, CitizenId citizen, CancellationToken stop) => OnFile(tx.Connection, tx.Handle, citizen, stop);

    private async Task<Mailbox?> OnFile(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? handle, CitizenId citizen, CancellationToken stop)
    {
        var wrapped = await connection.QuerySingleOrDefaultAsync<byte[]?>("select wrapped from idn_mail where citizen = @citizen", new { citizen }, handle);
        return wrapped is null ? null : Mailbox.Stored(await kek.Unwrap(wrapped, KeepMail.Owner(citizen), stop));
    }

    private static Task<long> Before(System.Data.Common.DbConnection connection, CitizenId citizen, long madeMs) => connection.ExecuteScalarAsync<long>("""
        select count(*) from idn_mail_code where citizen = @citizen and purpose = 2 and made_ms < @madeMs and made_ms > @Since
        """, new { citizen, madeMs, Since = madeMs - Jst.DayMs });
}
