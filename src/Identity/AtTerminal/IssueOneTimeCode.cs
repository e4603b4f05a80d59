using System.Security.Cryptography;
using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.AtTerminal;

/// <param name="Code">6 digits.</param>
public sealed record OneTimeCode(string Code, MunicipalityCode Municipality, long ExpiresMs);

/// <summary>お店で使う番号: 6 digits from My Page, 5 minutes, one use, in one municipality. A new one replaces the old.</summary>
public sealed class IssueOneTimeCode(Database database, TimeProvider clock, OperationLog log)
{
    public const long LifeMs = 5 * 60_000;

    /// <returns><c>mykey_missing</c>, <c>base_account_required</c> (S0-4048b), <c>id_suspended</c>.</returns>
    public Task<Result<OneTimeCode>> Issue(Session session, MunicipalityCode municipality, CancellationToken stop = default) =>
        database.WriteOrRefuse<OneTimeCode>(async tx =>
        {
            if (session.RequireCitizen().Refused is { } nobody) return nobody;
            var citizen = Must.Have(await FindCitizen.Get(tx.Connection, tx.Handle, session.Citizen!.Value), "a session's citizen exists");
            if (citizen.RequireActive().Then(c => c.RequireBase()).Refused is { } no) return no;
            var code = RandomNumberGenerator.GetString("0123456789", 6);
            var salt = RandomNumberGenerator.GetBytes(16);
            var expiresMs = clock.NowMs() + LifeMs;
            await tx.Connection.ExecuteAsync("""
                insert into idn_one_time_code(citizen, municipality, salt, code_hash, wrong, expires_ms) values (@Citizen, @Municipality, @Salt, @Hash, 0, @ExpiresMs)
                on conflict(citizen) do update set municipality = excluded.municipality, salt = excluded.salt, code_hash = excluded.code_hash, wrong = 0, expires_ms = excluded.expires_ms
                """, new { Citizen = citizen.Id, Municipality = municipality, Salt = salt, Hash = UseOneTimeCode.HashOf(salt, code), ExpiresMs = expiresMs }, tx.Handle);
            await log.Write(tx, new Operation("code.issued", Actor.Of(citizen.Id), Citizen: citizen.Id, After: municipality.Value));
            return new OneTimeCode(code, municipality, expiresMs);
        }, stop);
}
