using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>A shopping street (商店街): acceptors of one municipality that take tickets together (S2-P7i, K-11). An acceptor is in one or in none.</summary>
public sealed record ShopGroup(ShopGroupId Id, MunicipalityCode Municipality, string Name);

/// <summary>A new shopping street, or another name of one.</summary>
public sealed class SaveShopGroup(OperationLog log, RegistryCache registry)
{
    private const string Upsert = """
        insert into reg_shop_group(id, municipality, name, changed_no) values (@Id, @Municipality, @Name, @No)
        on conflict(id) do update set name = excluded.name, changed_no = excluded.changed_no
        """;

    private const string SameName = "select count(*) from reg_shop_group where municipality = @Municipality and name = @Name";

    /// <param name="group">Its id is made by the caller: the same again answers again.</param>
    /// <returns>The group; or <c>field_required</c> (name), <c>name_taken</c>, <c>not_found</c> for another municipality's, <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>.</returns>
    public async Task<Result<ShopGroup>> Run(ShopGroup group, Actor by, CancellationToken stop = default)
    {
        var name = NameText.Read("name", group.Name, RegisterAcceptor.LongestName);
        if (name.Refused is { } no) return no;
        var after = group with { Name = name.Value };
        return await registry.Change<ShopGroup>(async (tx, number) =>
        {
            var before = await RegistryCache.Find(tx, group.Id);
            if (before is not null && before.Municipality != group.Municipality) return Refusal.Of("not_found");
            if (before == after) return after;
            if (await tx.Connection.ExecuteScalarAsync<long>(SameName, new { after.Municipality, after.Name }, tx.Handle) > 0) return Refusal.Of("name_taken");
            await tx.Connection.ExecuteAsync(Upsert, new { after.Id, after.Municipality, after.Name, No = number }, tx.Handle);
            await log.Write(tx, new Operation("shop_group.saved", by, after.Id.Value, Before: before?.Name, After: $"{after.Municipality} {after.Name}"));
            return after;
        }, stop);
    }
}
