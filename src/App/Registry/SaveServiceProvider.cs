using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>A new kind of provider, or another name or other words of one (S2-P3a).</summary>
public sealed class SaveProviderKind(OperationLog log, RegistryCache registry)
{
    public const int LongestCode = 30, LongestName = 40, LongestWords = 100;

    private const string Upsert = """
        insert into reg_provider_kind(code, name, words, changed_no) values (@Code, @Name, @Words, @No)
        on conflict(code) do update set name = excluded.name, words = excluded.words, changed_no = excluded.changed_no
        """;

    /// <param name="words">What it is found by beside its name (S0-1008), as a list with 、 or commas; null or blank: as they are.</param>
    /// <returns>The kind; <c>field_required</c>, <c>number_format</c> (code) for other than small letters and underscores, <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<ProviderKind>> Run(string? code, string? typed, string? words, Actor by, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(code)) return Refusal.Of("field_required", ("field", "code"));
        if (code.Length > LongestCode || !code.All(c => c is '_' or (>= 'a' and <= 'z'))) return Refusal.Of("number_format", ("field", "code"));
        var name = NameText.Read("name", typed, LongestName);
        if (name.Refused is { } no) return no;
        var list = PlaceEntry.List("words", words, LongestWords);
        if (list.Refused is { } unusable) return unusable;
        return await registry.Change<ProviderKind>(async (tx, number) =>
        {
            var before = (await tx.Connection.QuerySingleOrDefaultAsync<ProviderKindRow>(ProviderKindRow.ByCode, new { code }, tx.Handle))?.Read();
            var after = new ProviderKind(code, name.Value, list.Value.Length > 0 ? list.Value : before?.Words ?? "");
            if (before == after) return after;
            await tx.Connection.ExecuteAsync(Upsert, new { after.Code, after.Name, after.Words, No = number }, tx.Handle);
            await log.Write(tx, new Operation("provider_kind.saved", by, Before: before is null ? null : $"{before.Name} {before.Words}".Trim(), After: $"{code} {after.Name} {after.Words}".Trim()));
            return after;
        }, stop);
    }
}

/// <summary>What is said of a provider, as typed.</summary>
/// <param name="Code">Of a new one; an old one keeps its own.</param>
/// <param name="State"><c>active</c>, or <c>ended</c>: its counters work no more, and may again later.</param>
public sealed record ProviderEntry(string? Code, string? Kind, string? Name, int Shortest, int Longest, bool Letters, bool SelfLink = false, DateOnly? From = null, DateOnly? Until = null, string? State = null);

/// <summary>A new service provider of a municipality, or what changes of one. Code and kind stay: links and their records hang on them.</summary>
public sealed class SaveServiceProvider(OperationLog log, RegistryCache registry)
{
    public const int LongestName = 60, LongestCode = 8;

    private const string Upsert = """
        insert into reg_service_provider(id, code, kind, name, municipality, number_shortest, number_longest, number_letters, self_link, from_day, until_day, state, changed_no)
        values (@Id, @Code, @Kind, @Name, @Municipality, @Shortest, @Longest, @Letters, @SelfLink, @From, @Until, @State, @No)
        on conflict(id) do update set name = excluded.name, number_shortest = excluded.number_shortest, number_longest = excluded.number_longest, number_letters = excluded.number_letters,
          self_link = excluded.self_link, from_day = excluded.from_day, until_day = excluded.until_day, state = excluded.state, changed_no = excluded.changed_no
        """;

    private const string CodeTaken = "select count(*) from reg_service_provider where code = @code and id <> @Id";

    /// <param name="id">Made by the caller: the same again answers again.</param>
    /// <returns>
    /// The provider; <c>not_found</c> for another municipality's, <c>field_required</c>, <c>field_unknown</c> (kind), <c>number_format</c> (field) for a code that is not 1 to 8 letters and digits,
    /// <c>number_length</c> (most), <c>out_of_period</c> (from, until), <c>provider_code_taken</c>, <c>id_reused</c> for another code or kind of an old one, and what a name is refused for.
    /// </returns>
    public async Task<Result<ServiceProvider>> Run(ServiceProviderId id, MunicipalityCode municipality, ProviderEntry entry, Actor by, CancellationToken stop = default)
    {
        var name = NameText.Read("name", entry.Name, LongestName);
        if (name.Refused is { } unnamed) return unnamed;
        if (entry.Shortest < 1 || entry.Longest < entry.Shortest || entry.Longest > NumberFormat.Most) return Refusal.Of("number_length", ("most", NumberFormat.Most));
        if (entry is { From: { } from, Until: { } until } && until < from) return Refusal.Of("out_of_period", ("from", $"{from:yyyy-MM-dd}"), ("until", $"{until:yyyy-MM-dd}"));
        if (Words<ProviderState>.Find(entry.State ?? "active") is not { } state) return Refusal.Of("field_required", ("field", "state"));
        return await registry.Change<ServiceProvider>(async (tx, number) =>
        {
            var before = await RegistryCache.Find(tx, id);
            if (before is not null && before.Municipality != municipality) return Refusal.Of("not_found");
            var told = before is null ? await New(tx, id, entry) : Same(before, entry);
            if (told.Refused is { } no) return no;
            var (code, kind) = told.Value;
            var after = new ServiceProvider(id, code, kind, name.Value, municipality, new NumberFormat(entry.Shortest, entry.Longest, entry.Letters), entry.SelfLink, entry.From, entry.Until, state);
            if (before == after) return after;
            await tx.Connection.ExecuteAsync(Upsert, new
            {
                after.Id, after.Code, Kind = kind.Code, after.Name, after.Municipality, after.Numbers.Shortest, after.Numbers.Longest, Letters = after.Numbers.Letters ? 1 : 0,
                SelfLink = after.SelfLink ? 1 : 0, after.From, after.Until, State = Words<ProviderState>.Of(state), No = number,
            }, tx.Handle);
            var details = (await PlaceIndex.Find(tx, id.Value))?.Details ?? PlaceDetails.None;
            await PlaceIndex.Save(tx, new Place(0, id.Value, PlaceSource.Provider, municipality, kind.Code, after.Name, details with { From = after.From }, after.Until, null, state == ProviderState.Active));
            await log.Write(tx, new Operation("provider.saved", by, id.Value, Before: before is null ? null : Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    private static async Task<Result<(string Code, ProviderKind Kind)>> New(Transaction tx, ServiceProviderId id, ProviderEntry entry)
    {
        var code = Typed.HalfWidth(entry.Code).ToUpperInvariant();
        if (code.Length == 0) return Refusal.Of("field_required", ("field", "code"));
        if (code.Length > LongestCode || !code.All(char.IsAsciiLetterOrDigit)) return Refusal.Of("number_format", ("field", "code"));
        if (string.IsNullOrEmpty(entry.Kind)) return Refusal.Of("field_required", ("field", "kind"));
        if (await tx.Connection.QuerySingleOrDefaultAsync<ProviderKindRow>(ProviderKindRow.ByCode, new { code = entry.Kind }, tx.Handle) is not { } kind)
            return Refusal.Of("field_unknown", ("field", "kind"));
        if (await tx.Connection.ExecuteScalarAsync<long>(CodeTaken, new { code, Id = id }, tx.Handle) > 0) return Refusal.Of("provider_code_taken");
        return (code, kind.Read());
    }

    private static Result<(string Code, ProviderKind Kind)> Same(ServiceProvider before, ProviderEntry entry) =>
        (entry.Code is null || string.Equals(Typed.HalfWidth(entry.Code), before.Code, StringComparison.OrdinalIgnoreCase)) && (entry.Kind is null || entry.Kind == before.Kind.Code) ? (before.Code, before.Kind) : Refusal.Of("id_reused");

    private static string Short(ServiceProvider p) =>
        $"{p.Municipality} {p.Code} {p.Kind.Code} {p.Numbers.Shortest}-{p.Numbers.Longest}{(p.Numbers.Letters ? " letters" : "")}{(p.SelfLink ? " self" : "")}"
        + $"{(p.From is { } from ? $" from {from:yyyy-MM-dd}" : "")}{(p.Until is { } until ? $" until {until:yyyy-MM-dd}" : "")} {Words<ProviderState>.Of(p.State)} {p.Name}";
}
