using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.AtTerminal;

/// <summary>MyKey ID and the 6 digits, typed on the terminal's keypad (K-02, spend.code). That the setting is on is asked before.</summary>
public sealed class UseOneTimeCode(Database database, TimeProvider clock, CitizenTokens tokens, Tries tries, OperationLog log)
{
    private const int WrongLimit = 5;

    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 300_000, ForgetMs: Jst.DayMs);

    /// <returns>
    /// The citizen's token; <c>code_wrong</c> for a wrong pair, a used code, or one tried wrongly five times; with the right code
    /// <c>code_expired</c>, <c>id_suspended</c>, <c>not_accepted_here</c> (made for another municipality); <c>rate_limited</c>.
    /// </returns>
    public async Task<Result<string>> Use(Terminal terminal, string? myKeyId, string? code, CancellationToken stop = default)
    {
        var id = MyKeyId.ReadTyped(myKeyId);
        var key = TryKey.Of("code", terminal.Id.Value.ToString("N"), id.Ok ? id.Value.Value : Typed.HalfWidth(myKeyId));
        if (await database.Write(tx => tries.Reserve(tx, key, Rule), stop) > 0) return Refusal.Of("rate_limited");
        return await database.Write(tx => Judge(tx, terminal, id.Ok ? id.Value : null, Typed.HalfWidth(code), key), stop);
    }

    internal static byte[] HashOf(byte[] salt, string code) => SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(code.Length <= 32 ? code : "")]);

    private async Task<Result<string>> Judge(Transaction tx, Terminal terminal, MyKeyId? id, string code, TryKey key)
    {
        var citizen = id is { } typed ? await FindCitizen.ById(tx.Connection, tx.Handle, typed) : null;
        // The touch takes the row: two tries at one instant are judged one after the other.
        var row = citizen is null ? null : await tx.Connection.QuerySingleOrDefaultAsync<Row>("""
            update idn_one_time_code set wrong = wrong + 1 where citizen = @Id and wrong < @WrongLimit returning municipality, salt, code_hash, expires_ms
            """, new { citizen.Id, WrongLimit }, tx.Handle);
        if (row is null || !CryptographicOperations.FixedTimeEquals(row.CodeHash, HashOf(row.Salt, code))) return Refusal.Of("code_wrong");
        await tries.Clear(tx, key);
        if (row.ExpiresMs <= clock.NowMs()) return Refusal.Of("code_expired");
        var active = await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Id and state = 1", new { citizen!.Id }, tx.Handle);
        if (active == 0) return Refusal.Of("id_suspended");
        if (row.Municipality != terminal.Municipality)
        {
            await tx.Connection.ExecuteAsync("update idn_one_time_code set wrong = wrong - 1 where citizen = @Id", new { citizen.Id }, tx.Handle);
            return Refusal.Of("not_accepted_here");
        }
        await tx.Connection.ExecuteAsync("delete from idn_one_time_code where citizen = @Id", new { citizen.Id }, tx.Handle);
        await log.Write(tx, new Operation("code.used", terminal.Actor, Citizen: citizen.Id, Terminal: terminal.Id));
        return await tokens.Open(tx, citizen.Id, terminal, Way.Code);
    }

    private sealed class Row
    {
        public MunicipalityCode Municipality { get; init; }

        public byte[] Salt { get; init; } = [];

        public byte[] CodeHash { get; init; } = [];

        public long ExpiresMs { get; init; }
    }
}
