using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>A new acceptor. Whether a municipality's points pay there is decided by its usage rules, not by this.</summary>
public sealed class RegisterAcceptor(OperationLog log, RegistryCache registry)
{
    public const int LongestName = 60;

    /// <param name="Id">Made by the caller: the same again answers again.</param>
    /// <param name="Municipality">Where it stands.</param>
    /// <param name="Kind">A code of acceptor_kinds.csv.</param>
    public sealed record Entry(AcceptorId Id, MunicipalityCode Municipality, string Kind, string Name, Actor By);

    /// <returns>
    /// The acceptor; or <c>acceptor_type_forbidden</c> (S0-4040), <c>field_unknown</c> (field), <c>field_required</c> (field),
    /// <c>municipality_unknown</c>, <c>id_reused</c>, <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>.
    /// </returns>
    public async Task<Result<Acceptor>> Run(Entry entry, CancellationToken stop = default)
    {
        var kind = AcceptorKind.Find(entry.Kind);
        if (kind.Refused is { } forbidden) return forbidden;
        var name = NameText.Read("name", entry.Name, LongestName);
        if (name.Refused is { } no) return no;
        var acceptor = new Acceptor(entry.Id, entry.Municipality, kind.Value, name.Value, AcceptorState.Active);
        return await registry.Change<Acceptor>(async (tx, number) =>
        {
            if (await RegistryCache.Find(tx, entry.Id) is { } there) return there with { State = AcceptorState.Active, Group = null, Note = null } == acceptor ? there : Refusal.Of("id_reused");
            if (await RegistryCache.Find(tx, entry.Municipality) is null) return Refusal.Of("municipality_unknown");
            await AcceptorRow.Save(tx, acceptor, number);
            await PlaceIndex.Save(tx, new Place(0, acceptor.Id.Value, PlaceSource.Acceptor, acceptor.Municipality, kind.Value.Code, acceptor.Name, PlaceDetails.None, null, null, Listed: true));
            await log.Write(tx, new Operation("acceptor.registered", entry.By, acceptor.Id.Value, After: $"{acceptor.Municipality} {kind.Value.Code} {acceptor.Name}"));
            return acceptor;
        }, stop);
    }
}

/// <summary>Another name, state, shopping street or note of an acceptor.</summary>
public sealed class ChangeAcceptor(OperationLog log, RegistryCache registry)
{
    public const int LongestNote = 100;

    /// <param name="Group">Null: in none.</param>
    /// <param name="Note">Null or empty: none.</param>
    public sealed record Change(AcceptorId Id, string Name, AcceptorState State, ShopGroupId? Group, Actor By, string? Note = null);

    /// <returns>The acceptor; or <c>not_found</c>, <c>field_required</c> (field), <c>field_unknown</c> (group), <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>.</returns>
    public async Task<Result<Acceptor>> Run(Change change, CancellationToken stop = default)
    {
        var name = NameText.Read("name", change.Name, RegisterAcceptor.LongestName);
        if (name.Refused is { } no) return no;
        Result<string?> note = string.IsNullOrWhiteSpace(change.Note) ? (string?)null : NameText.Read("note", change.Note, LongestNote).Then<string?>(text => text);
        if (note.Refused is { } wrong) return wrong.Code == "too_large" ? Refusal.Of("too_large", ("field", "note")) : wrong;
        return await registry.Change<Acceptor>(async (tx, number) =>
        {
            if (await RegistryCache.Find(tx, change.Id) is not { } before) return Refusal.Of("not_found");
            var after = before with { Name = name.Value, State = change.State, Group = change.Group, Note = note.Value };
            if (after == before) return before;
            var (left, joined) = (await StreetOf(tx, before), await StreetOf(tx, after));
            if (after.Group is not null && joined?.Municipality != after.Municipality) return Refusal.Of("field_unknown", ("field", "group"));
            await AcceptorRow.Save(tx, after, number);
            if (await PlaceIndex.Find(tx, after.Id.Value) is { } place) await PlaceIndex.Save(tx, place with { Name = after.Name, Listed = after.State == AcceptorState.Active });
            await log.Write(tx, new Operation("acceptor.changed", change.By, after.Id.Value, Before: Short(before, left), After: Short(after, joined)));
            return after;
        }, stop);
    }

    private static async Task<ShopGroup?> StreetOf(Transaction tx, Acceptor acceptor) => acceptor.Group is { } group ? await RegistryCache.Find(tx, group) : null;

    private static string Short(Acceptor a, ShopGroup? street) => $"{Words<AcceptorState>.Of(a.State)} {a.Name}{(street is null ? "" : $" {street.Name}")}{(a.Note is null ? "" : $" {a.Note}")}";
}
