using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>Where a municipality lets its points be used (S2-P6c): by kind of acceptor within an area, and acceptor by acceptor, which wins.</summary>
public sealed class SetUsageRule(OperationLog log, RegistryCache registry)
{
    private const string UpsertKind = """
        insert into reg_usage_kind(issuer, kind, area, changed_no) values (@Issuer, @Kind, @Area, @No)
        on conflict(issuer, kind) do update set area = excluded.area, changed_no = excluded.changed_no
        """;

    private const string UpsertAcceptor = """
        insert into reg_usage_acceptor(issuer, acceptor, allowed, changed_no) values (@Issuer, @Acceptor, @Allowed, @No)
        on conflict(issuer, acceptor) do update set allowed = excluded.allowed, changed_no = excluded.changed_no
        """;

    /// <returns>The area; or <c>municipality_unknown</c>, <c>field_unknown</c> (field), <c>acceptor_type_forbidden</c>.</returns>
    public async Task<Result<UsageArea>> ForKind(MunicipalityCode issuer, string kind, UsageArea area, Actor by, CancellationToken stop = default)
    {
        if (AcceptorKind.Find(kind).Refused is { } no) return no;
        return await registry.Change<UsageArea>(async (tx, number) =>
        {
            if (await RegistryCache.Find(tx, issuer) is null) return Refusal.Of("municipality_unknown");
            var row = new { Issuer = issuer, Kind = kind, Area = Words<UsageArea>.Of(area), No = number };
            var before = await tx.Connection.QuerySingleOrDefaultAsync<string?>("select area from reg_usage_kind where issuer = @Issuer and kind = @Kind", row, tx.Handle);
            await tx.Connection.ExecuteAsync(UpsertKind, row, tx.Handle);
            await log.Write(tx, new Operation("usage.kind_set", by, Before: before, After: $"{issuer} {kind} {row.Area}"));
            return area;
        }, stop);
    }

    /// <param name="allowed">Null: no rule of its own any more, its kind decides.</param>
    /// <returns>The rule; or <c>municipality_unknown</c>, <c>not_found</c> for the acceptor.</returns>
    public Task<Result<bool?>> ForAcceptor(MunicipalityCode issuer, AcceptorId acceptor, bool? allowed, Actor by, CancellationToken stop = default) =>
        registry.Change<bool?>(async (tx, number) =>
        {
            if (await RegistryCache.Find(tx, issuer) is null) return Refusal.Of("municipality_unknown");
            if (await RegistryCache.Find(tx, acceptor) is null) return Refusal.Of("not_found");
            int? word = allowed is null ? null : allowed.Value ? 1 : 0;
            var row = new { Issuer = issuer, Acceptor = acceptor, Allowed = word, No = number };
            var before = await tx.Connection.QuerySingleOrDefaultAsync<int?>("select allowed from reg_usage_acceptor where issuer = @Issuer and acceptor = @Acceptor", row, tx.Handle);
            await tx.Connection.ExecuteAsync(UpsertAcceptor, row, tx.Handle);
            await log.Write(tx, new Operation("usage.acceptor_set", by, acceptor.Value, Before: Show(before), After: $"{issuer} {Show(word)}"));
            return allowed;
        }, stop);

    private static string Show(int? allowed) => allowed switch { null => "by kind", 0 => "refused", _ => "accepted" };
}
