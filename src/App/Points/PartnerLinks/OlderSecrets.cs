using System.Net.Http.Headers;
using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;

namespace MyKey.App.PartnerLinks;

/// <summary>With whom we have a secret that either side may change.</summary>
public enum SecretKind { PartnerSite, OnlineLogin, StreetOperator }

/// <summary>What we are called there and prove ourselves with.</summary>
public sealed record OurName(string ClientId, string Secret)
{
    public AuthenticationHeaderValue Header => OutsideCalls.Basic(ClientId, Secret);
}

/// <summary>A secret as it lies in its row.</summary>
/// <param name="Owner">What it is wrapped for.</param>
public sealed record KeptSecret(string ClientId, string Owner, byte[] Wrapped);

/// <summary>
/// The secret before the last change counts on for <c>secrets.overlap_hours</c>, so that two sides need not change at the same instant: what comes in may be signed with it,
/// and where the newest is not known yet we prove ourselves with it once more.
/// </summary>
public sealed class OlderSecrets(Database database, Kek kek, Settings settings, TimeProvider clock)
{
    private const string Put = """
        insert into pts_older_secret(kind, subject, client_id, owner, secret, until_ms) values (@Kind, @subject, @ClientId, @Owner, @Wrapped, @until)
        on conflict (kind, subject) do update set client_id = @ClientId, owner = @Owner, secret = @Wrapped, until_ms = @until
        """;

    public async Task<long> OverlapMs() => (await settings.View()).Number("secrets.overlap_hours", default, clock.NowMs()) * 3_600_000;

    /// <summary>Whether a change at the beginning of a day is so young that what was before still counts.</summary>
    public async Task<bool> Young(DateOnly from) => clock.NowMs() < Jst.EndOf(from.AddDays(-1)) + await OverlapMs();

    /// <summary>In the transaction of a change that holds at once.</summary>
    internal async Task Keep(Transaction tx, SecretKind kind, Guid subject, KeptSecret was)
    {
        var until = clock.NowMs() + await OverlapMs();
        await tx.Connection.ExecuteAsync(Put, new { Kind = Words<SecretKind>.Of(kind), subject, was.ClientId, was.Owner, was.Wrapped, until }, tx.Handle);
    }

    internal async Task<OurName?> Find(SecretKind kind, Guid subject, CancellationToken stop)
    {
        (string ClientId, string Owner, byte[] Secret)? kept;
        await using (var connection = await database.Open(stop))
            kept = await connection.QuerySingleOrDefaultAsync<(string, string, byte[])?>("select client_id, owner, secret from pts_older_secret where kind = @Kind and subject = @subject and until_ms > @Now",
                new { Kind = Words<SecretKind>.Of(kind), subject, Now = clock.NowMs() });
        return kept is { } one ? new OurName(one.ClientId, Encoding.ASCII.GetString(await kek.Unwrap(one.Secret, one.Owner, stop))) : null;
    }

    /// <summary>Forgets those whose hours are over.</summary>
    internal Task<int> Forget(CancellationToken stop) =>
        database.Write(tx => tx.Connection.ExecuteAsync("delete from pts_older_secret where until_ms <= @Now", new { Now = clock.NowMs() }, tx.Handle), stop);
}
