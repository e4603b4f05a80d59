using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Identity.Challenges;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Citizens;

/// <summary>What ends together with an ID that is given up, in the same transaction.</summary>
public sealed record WithRevocation(Func<Transaction, CitizenId, Task> Run);

/// <summary>
/// 失効: a citizen gives up the MyKeyId for ever (S0-5016a, S0-5016b), with card and PIN for this very action (A4). The state comes first; what hangs
/// on the ID ends with it or after it. The certificate keeps its person key and can be given a new ID, which starts empty (S0-5016c).
/// </summary>
public sealed class RevokeMyKeyId(Database database, OpenSessions sessions, OperationLog log, IEnumerable<WithRevocation> others)
{
    /// <summary>What the question to the card is bound to: this citizen, and what the page said would be lost.</summary>
    public static string Binding(CitizenId citizen, string lost) => $"{citizen.Value:N} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lost)))}";

    /// <param name="lost">What would be lost now, in the words of the page.</param>
    /// <returns>
    /// <c>auth_failed</c> when the proof is not this citizen's for this action; <c>revocation_changed</c> when something else would be lost by now than was
    /// shown; <c>id_suspended</c>, <c>id_revoked</c>, <c>cert_revoked</c>.
    /// </returns>
    public async Task<Result<CitizenId>> Revoke(Session session, CardProof proof, string lost, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        var citizen = session.Citizen!.Value;
        if (proof.Purpose != Purpose.RevokeId || proof.Assurance != Assurance.A4) return Refusal.Of("auth_failed", ("why", "purpose"));
        var expected = Binding(citizen, lost);
        if (proof.Binding?[..32] != expected[..32]) return Refusal.Of("auth_failed", ("why", "another person"));
        if (proof.Binding != expected) return Refusal.Of("revocation_changed");
        return await database.WriteOrRefuse<CitizenId>(async tx =>
        {
            var holder = await LoginByCard.Holder(tx, proof.Certificate);
            if (holder.Refused is { } no) return no;
            if (holder.Value != citizen) return Refusal.Of("auth_failed", ("why", "another person"));
            var rows = await tx.Connection.ExecuteAsync("""
                update idn_citizen set state = 3, person_key = (select person_key from idn_certificate k where k.citizen = idn_citizen.id and k.state = 1) where id = @Id and state = 1
                """, new { Id = citizen }, tx.Handle);
            Must.Hold(rows == 1, "the holder of a certificate that was just locked is active");
            // Password, codes and tokens stay, so that whoever shows them hears id_revoked.
            await sessions.EndAll(tx, citizen);
            foreach (var other in others) await other.Run(tx, citizen);
            await log.Write(tx, new Operation("citizen.revoked", Actor.Of(citizen), Citizen: citizen, Before: nameof(CitizenState.Active), After: nameof(CitizenState.Revoked)));
            return citizen;
        }, stop);
    }
}
