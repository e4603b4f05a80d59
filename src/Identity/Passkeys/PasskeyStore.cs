using Dapper;
using Microsoft.AspNetCore.Identity;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Passkeys;

/// <summary>A member of staff as the framework's passkey handler knows one.</summary>
internal sealed record PasskeyHolder(StaffId Id)
{
    /// <summary>The user handle on the authenticator: random, nothing of the person.</summary>
    public string Handle => Id.Value.ToString("N");
}

/// <summary>
/// What the framework's passkey handler looks up: members who are active, and their passkeys. It only reads here; what it found right is written by
/// the slice that asked, with its session and its line of the log in one transaction. So the parts of the interface that write are never called.
/// </summary>
internal sealed class PasskeyStore(Database database) : IUserPasskeyStore<PasskeyHolder>
{
    private const string Columns = "select p.staff, p.credential, p.public_key, p.sign_count, p.transports, p.backup_eligible, p.backed_up, p.created_ms from idn_passkey p";

    public async Task<PasskeyHolder?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(userId, "N", out var id)) return null;
        await using var connection = await database.Open(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StaffId?>("select id from idn_staff where id = @Id and state = 2", new { Id = new StaffId(id) }) is { } staff ? new PasskeyHolder(staff) : null;
    }

    public async Task<PasskeyHolder?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var connection = await database.Open(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where p.credential = @credentialId", new { credentialId }) is { } row ? new PasskeyHolder(row.Staff) : null;
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyHolder user, CancellationToken cancellationToken)
    {
        await using var connection = await database.Open(cancellationToken);
        return [.. (await connection.QueryAsync<Row>($"{Columns} where p.staff = @Id order by p.created_ms", new { user.Id })).Select(r => r.Read())];
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyHolder user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var connection = await database.Open(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} where p.staff = @Id and p.credential = @credentialId", new { user.Id, credentialId }))?.Read();
    }

    public Task<string> GetUserIdAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult(user.Handle);

    public Task<string?> GetUserNameAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Handle);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Handle);

    public Task AddOrUpdatePasskeyAsync(PasskeyHolder user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Reads();

    public Task RemovePasskeyAsync(PasskeyHolder user, byte[] credentialId, CancellationToken cancellationToken) => throw Reads();

    public Task SetUserNameAsync(PasskeyHolder user, string? userName, CancellationToken cancellationToken) => throw Reads();

    public Task SetNormalizedUserNameAsync(PasskeyHolder user, string? normalizedName, CancellationToken cancellationToken) => throw Reads();

    public Task<PasskeyHolder?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw Reads();

    public Task<IdentityResult> CreateAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Reads();

    public Task<IdentityResult> UpdateAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Reads();

    public Task<IdentityResult> DeleteAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Reads();

    public void Dispose()
    {
    }

    private static NotSupportedException Reads() => new("passkeys are written by the slice that asked for them");

    private sealed class Row
    {
        public StaffId Staff { get; init; }

        public byte[] Credential { get; init; } = [];

        public byte[] PublicKey { get; init; } = [];

        public long SignCount { get; init; }

        public string Transports { get; init; } = "";

        public int BackupEligible { get; init; }

        public int BackedUp { get; init; }

        public long CreatedMs { get; init; }

        public UserPasskeyInfo Read() => new(Credential, PublicKey, DateTimeOffset.FromUnixTimeMilliseconds(CreatedMs), (uint)SignCount,
            Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries), true, BackupEligible == 1, BackedUp == 1, [], []);
    }
}
