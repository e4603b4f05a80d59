using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Citizens;

/// <summary>What issue and change of an ID share: the wish, the row that makes an ID somebody's, and how often "taken" is told.</summary>
internal static class GiveId
{
    public const int TakenTries = 3;

    /// <returns>null for a generated one; <c>id_format</c>; <c>field_unknown</c> where nobody chooses.</returns>
    public static Result<MyKeyId?> Wish(IssueMode mode, string? chosen)
    {
        if (string.IsNullOrEmpty(chosen)) return (MyKeyId?)null;
        if (mode != IssueMode.Choose) return Refusal.Of("field_unknown", ("field", "myKeyId"));
        return MyKeyId.Read(chosen).Then<MyKeyId?>(id => id);
    }

    public static TryKey TriesOf(AuthCertificate certificate) => TryKey.Of("id.choose", certificate.Authority, certificate.Serial);

    /// <summary>Counts for ever (last_ms never grows old): three questions per certificate, whatever the number of sessions.</summary>
    public static Task<int> CountTaken(Transaction tx, TryKey tries) =>
        tx.Connection.QuerySingleAsync<int>("""
            insert into idn_try(scope, key, failures, last_ms, until_ms) values (@Scope, @Key, 1, @Never, 0)
            on conflict(scope, key) do update set failures = idn_try.failures + 1
            returning failures
            """, new { tries.Scope, tries.Key, Never = long.MaxValue }, tx.Handle);

    /// <param name="current">false: beside the one that the citizen has, until that is retired.</param>
    /// <returns>The ID that now belongs to the citizen; null when the wish is taken, or was somebody's once.</returns>
    public static async Task<MyKeyId?> Reserve(Transaction tx, CitizenId citizen, MyKeyId? wish, long nowMs, bool current = true)
    {
        for (var round = 0; round < 20; round++)
        {
            var id = wish ?? MyKeyId.Generate();
            var rows = await tx.Connection.ExecuteAsync("""
                insert into idn_mykey_id(my_key_id, citizen, state, since_ms) values (@Id, @Citizen, @State, @Now) on conflict do nothing
                """, new { Id = id.Value, Citizen = citizen, State = current ? 1 : 2, Now = nowMs }, tx.Handle);
            if (rows == 1) return id;
            if (wish is not null) return null;
        }
        throw new BrokenProperty("a free MyKeyId is found in twenty draws", nameof(GiveId), 0);
    }
}
