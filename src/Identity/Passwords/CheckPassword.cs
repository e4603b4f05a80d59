using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Passwords;

/// <summary>A MyKeyId and a password as somebody typed them, and from where.</summary>
/// <param name="DeviceToken">Cookie of an earlier success in this browser.</param>
public sealed record TypedPassword(string? MyKeyId, string? Password, ClientNetwork Network, string? DeviceToken = null);

/// <summary>A password that was right.</summary>
internal sealed record CheckedPassword(Citizen Citizen, TryKey Tries, bool KnownDevice, StoredPassword? Renewed);

/// <summary>
/// Judges MyKeyId and password. Whether an ID exists shows neither in the answer nor in the work done; wrong tries delay the next one of
/// the same client for the same ID, and of nobody else (V-D2, decision 12).
/// </summary>
internal sealed class CheckPassword(Database database, Tries tries, PasswordHash hash)
{
    /// <summary>Three free, then 1, 2, 4 … s; about two minutes after the tenth, a quarter of an hour at most; forgotten after a day.</summary>
    public static TryRule Rule { get; } = new(Free: 3, LongestWaitMs: 900_000, ForgetMs: Jst.DayMs);

    /// <returns>The citizen; <c>login_failed</c>, <c>login_throttled</c> (fact <c>wait</c>, s), <c>busy</c>, and with the right password <c>id_suspended</c>.</returns>
    public async Task<Result<CheckedPassword>> Check(TypedPassword typed, CancellationToken stop)
    {
        var read = MyKeyId.ReadTyped(typed.MyKeyId);
        var known = read.Ok ? await Known(read.Value, typed.DeviceToken, stop) : null;
        var client = known?.Device == true ? $"device:{Convert.ToHexString(Token.HashOf(typed.DeviceToken))}" : $"network:{typed.Network.Prefix}";
        var key = TryKey.Of("password", read.Ok ? read.Value.Value : Typed.HalfWidth(typed.MyKeyId), client);
        var waitMs = await database.Write(tx => tries.Reserve(tx, key, Rule), stop);
        if (waitMs > 0) return Refusal.Of("login_throttled", ("wait", Tries.Seconds(waitMs)));
        var password = typed.Password is { Length: <= PasswordRules.Longest } text ? text : "";
        var right = await hash.Matches(password, known?.Stored, stop);
        if (right.Refused is { } no)
        {
            await database.Write(tx => tries.GiveBack(tx, key), stop);
            return no;
        }
        if (!right.Value) return Refusal.Of("login_failed");
        if (known!.Citizen.RequireActive().Refused is { } refused) return refused;
        var renewed = hash.IsCurrent(known.Stored!) ? null : await hash.Make(password, stop) is { Ok: true } made ? made.Value : null;
        return new CheckedPassword(known.Citizen, key, known.Device, renewed);
    }

    /// <summary>The counter of a right password goes, and its hash is brought to today's rounds.</summary>
    public async Task Accept(Transaction tx, CheckedPassword right)
    {
        await tries.Clear(tx, right.Tries);
        if (right.Renewed is { } made)
            await tx.Connection.ExecuteAsync("update idn_password set salt = @Salt, hash = @Hash, iterations = @Iterations where citizen = @Id and valid = 1",
                new { made.Salt, made.Hash, made.Iterations, right.Citizen.Id }, tx.Handle);
    }

    private async Task<KnownPerson?> Known(MyKeyId id, string? deviceToken, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        if (await FindCitizen.ById(connection, null, id) is not { } citizen) return null;
        var stored = await Stored(connection, null, citizen.Id, valid: 1);
        var device = deviceToken is not null && await connection.QuerySingleAsync<int>("select count(*) from idn_known_browser where token_hash = @Hash and citizen = @Id",
            new { Hash = Token.HashOf(deviceToken), citizen.Id }) > 0;
        return new KnownPerson(citizen, stored, device);
    }

    public static async Task<StoredPassword?> Stored(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction? handle, CitizenId citizen, int valid)
    {
        var row = await connection.QuerySingleOrDefaultAsync<(byte[] Salt, byte[] Hash, int Iterations)?>(
            "select salt, hash, iterations from idn_password where citizen = @Citizen and valid = @Valid", new { Citizen = citizen, Valid = valid }, handle);
        return row is { } found ? new StoredPassword(found.Salt, found.Hash, found.Iterations) : null;
    }

    private sealed record KnownPerson(Citizen Citizen, StoredPassword? Stored, bool Device);
}
