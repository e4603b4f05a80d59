using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Identity.Certificates.Crl;

/// <summary>What became of a revocation list. All but the first two leave the list before it in force.</summary>
public enum CrlVerdict
{
    Loaded, Unchanged,
    /// <summary>Not one complete list in DER, or with something critical that we do not know.</summary>
    Malformed,
    /// <summary>No pinned root of that name and key, or not signed by it.</summary>
    Untrusted,
    /// <summary>Past its nextUpdate.</summary>
    Stale,
    NotYetValid,
    /// <summary>Its number is lower than that of the list in force, or the same with another content.</summary>
    NumberBack,
    /// <summary>Larger than allowed; from FetchCrl only.</summary>
    TooLarge,
    /// <summary>No answer, a late one or not 200; from FetchCrl only.</summary>
    Unreachable,
    /// <summary>Another list came first.</summary>
    Overtaken,
}

/// <summary>
/// Checks a revocation list and puts it in force. The entries are written in short transactions beside those of the list in force, so
/// that nobody waits for half a million rows; then the two change places in one.
/// </summary>
public sealed class LoadCrl(Database database, Anchors anchors, ListsInForce lists, Log log, TimeProvider clock)
{
    private const int ClockToleranceMs = 300_000, AbandonAfterMs = 3_600_000;

    private static readonly Actor Actor = Actor.Job("fetch_crl");

    public async Task<CrlVerdict> Load(ReadOnlyMemory<byte> der, CancellationToken stop)
    {
        CrlForm crl;
        try
        {
            crl = CrlForm.Read(der);
        }
        catch (AsnContentException)
        {
            return CrlVerdict.Malformed;
        }
        if (anchors.SignerOf(crl.IssuerKeyId, crl.Signed) is not { } anchor) return CrlVerdict.Untrusted;
        var now = clock.NowMs();
        if (crl.ThisUpdate.ToUnixTimeMilliseconds() > now + ClockToleranceMs) return CrlVerdict.NotYetValid;
        if (crl.NextUpdate.ToUnixTimeMilliseconds() <= now) return CrlVerdict.Stale;

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(der.Span));
        var before = await InForce(anchor.Authority, crl.Point, stop);
        if (before?.Sha256 == sha256) return CrlVerdict.Unchanged;
        if (before is not null && crl.Number <= before.Value) return CrlVerdict.NumberBack;
        await Sweep(stop);
        return await Store(crl, anchor, sha256, before, stop);
    }

    private sealed record Current(Guid Id, string Number, string Sha256)
    {
        public BigInteger Value => BigInteger.Parse(Number, CultureInfo.InvariantCulture);
    }

    private async Task<Current?> InForce(string authority, string point, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<Current>(
            "select id, number, sha256 from idn_crl where authority = @authority and point = @point and state = 1", new { authority, point });
    }

    private async Task<CrlVerdict> Store(CrlForm crl, Anchor anchor, string sha256, Current? before, CancellationToken stop)
    {
        var id = Ids.NewV7(clock);
        await database.Write(tx => tx.Connection.ExecuteAsync("""
            insert into idn_crl(id, authority, point, number, sha256, this_update_ms, next_update_ms, loaded_ms, entries, state)
            values (@id, @Authority, @Point, @Number, @sha256, @ThisUpdateMs, @NextUpdateMs, @Now, 0, 0)
            """, new
        {
            id, anchor.Authority, crl.Point, Number = crl.Number.ToString(CultureInfo.InvariantCulture), sha256,
            ThisUpdateMs = crl.ThisUpdate.ToUnixTimeMilliseconds(), NextUpdateMs = crl.NextUpdate.ToUnixTimeMilliseconds(), Now = clock.NowMs(),
        }, tx.Handle), stop);
        var entries = 0;
        try
        {
            entries = await RevokedRuns.Write(database, id, crl.Revoked(), stop);
        }
        catch (AsnContentException)
        {
            await Abandon(id, stop);
            return CrlVerdict.Malformed;
        }
        var swapped = await database.Write(tx => Swap(tx, id, entries, crl, before), stop);
        if (!swapped) await Abandon(id, stop);
        lists.Drop();
        await Sweep(stop);
        return swapped ? CrlVerdict.Loaded : CrlVerdict.Overtaken;
    }

    private async Task<bool> Swap(Transaction tx, Guid id, int entries, CrlForm crl, Current? before)
    {
        var replaced = await tx.Connection.ExecuteAsync("update idn_crl set state = 2 where id = @Id and state = 1", new { before?.Id }, tx.Handle);
        if (replaced == 0 && before is not null) return false;
        var inForce = await tx.Connection.ExecuteAsync("""
            update idn_crl set state = 1, entries = @entries where id = @id and state = 0
            and not exists (select 1 from idn_crl o where o.authority = idn_crl.authority and o.point = idn_crl.point and o.state = 1)
            """, new { id, entries }, tx.Handle);
        Must.Hold(inForce == 1 || before is null, "the list that was replaced was the only one in force");
        if (inForce == 0) return false;
        await log.Write(tx, new Operation("crl.loaded", Actor, id, Before: before?.Number, After: $"{crl.Number}, {entries} entries"));
        return true;
    }

    private Task Abandon(Guid id, CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync("update idn_crl set state = 3 where id = @id and state = 0", new { id }, tx.Handle), stop);

    /// <summary>Deletes the entries of lists that are no longer in force, and of those whose loading broke off.</summary>
    private async Task Sweep(CancellationToken stop)
    {
        await database.Write(tx => tx.Connection.ExecuteAsync("update idn_crl set state = 3 where state = 0 and loaded_ms < @Before",
            new { Before = clock.NowMs() - AbandonAfterMs }, tx.Handle), stop);
        await using var connection = await database.Open(stop);
        var left = (await connection.QueryAsync<Guid>("""
            select id from idn_crl c where state in (2, 3) and exists (select 1 from idn_revoked_run r where r.crl = c.id)
            """)).AsList();
        foreach (var crl in left)
            while (await database.Write(tx => RevokedRuns.DeleteSome(tx, crl), stop) > 0) { }
    }
}
