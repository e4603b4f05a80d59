using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>A terminal as an office asks for it.</summary>
/// <param name="Profiles"><c>shop</c>, <c>ticket_office</c> or both.</param>
public sealed record ShopTerminal(TerminalId Id, AcceptorId Acceptor, string? Label, IReadOnlyList<string> Profiles);

/// <summary>What may change of a shop, as typed.</summary>
/// <param name="Group">The shopping street; null: in none.</param>
/// <param name="Note">What it says of points beside other vouchers; empty: nothing.</param>
public sealed record ShopEntry(string? Name, string? State, ShopGroupId? Group, string? Note = null);

/// <summary>The shops of an office's own municipality and their terminals, behind pages and API alike. Everything else is <c>not_found</c>.</summary>
public sealed class OfficeShops(RegistryCache registry, RegisterAcceptor register, ChangeAcceptor change, FindTerminal terminals, RegisterTerminal registerTerminal, RevokeTerminal revoke, SaveShopGroup save)
{
    /// <summary>What an acceptor's terminal may be there for: taking points, giving out tickets for them (S0-1016), or both.</summary>
    public static IReadOnlyList<TerminalProfile> Profiles { get; } = [TerminalProfile.Shop, TerminalProfile.TicketOffice];

    /// <param name="search">Part of the name or of the kind's name; null or empty: all.</param>
    /// <returns>By name; or <c>role_forbidden</c>.</returns>
    public async Task<Result<Acceptor[]>> List(StaffAtWork work, string? search)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        var text = Typed.HalfWidth(search);
        return (await registry.View()).AcceptorsOf(work.Office.Code)
            .Where(a => text.Length == 0 || Has(a.Name, text) || Has(a.Kind.Name, text))
            .OrderBy(a => a.State).ThenBy(a => a.Name, StringComparer.Ordinal).ThenBy(a => a.Id.Value).ToArray();
    }

    public async Task<Result<Acceptor>> Find(StaffAtWork work, AcceptorId id)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        return (await registry.View()).Find(id) is { } shop && shop.Municipality == work.Office.Code ? shop : Refusal.Of("not_found");
    }

    /// <returns>As <see cref="RegisterAcceptor.Run"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Acceptor>> Register(StaffAtWork work, AcceptorId id, string? kind, string? name, CancellationToken stop)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        if (string.IsNullOrEmpty(kind)) return Refusal.Of("field_required", ("field", "kind"));
        return await register.Run(new(id, work.Office.Code, kind, name ?? "", work.Actor), stop);
    }

    /// <returns>As <see cref="ChangeAcceptor.Run"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Acceptor>> Change(StaffAtWork work, AcceptorId id, ShopEntry entry, CancellationToken stop)
    {
        var shop = await Find(work, id);
        if (shop.Refused is { } no) return no;
        if (Words<AcceptorState>.Find(entry.State ?? "") is not { } to) return Refusal.Of("field_required", ("field", "state"));
        return await change.Run(new(id, entry.Name ?? "", to, entry.Group, work.Actor, entry.Note), stop);
    }

    /// <summary>The shopping streets of the municipality, by name (K-11).</summary>
    public async Task<Result<ShopGroup[]>> Groups(StaffAtWork work)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        return (await registry.View()).Groups.Where(g => g.Municipality == work.Office.Code).OrderBy(g => g.Name, StringComparer.Ordinal).ToArray();
    }

    /// <returns>As <see cref="SaveShopGroup.Run"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<ShopGroup>> SaveGroup(StaffAtWork work, ShopGroupId id, string? name, CancellationToken stop) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : await save.Run(new ShopGroup(id, work.Office.Code, name ?? ""), work.Actor, stop);

    /// <summary>The terminals of a shop, newest first.</summary>
    public async Task<Result<Terminal[]>> Terminals(StaffAtWork work, AcceptorId id, CancellationToken stop)
    {
        var shop = await Find(work, id);
        if (shop.Refused is { } no) return no;
        return (await terminals.All(work.Office.Code, stop)).Where(t => t.Holder == id.Value).ToArray();
    }

    /// <summary>How many terminals of each shop are in use.</summary>
    public async Task<IReadOnlyDictionary<Guid, int>> Counts(StaffAtWork work, CancellationToken stop) =>
        (await terminals.All(work.Office.Code, stop)).Where(t => t is { State: TerminalState.Enrolled, Holder: not null }).CountBy(t => t.Holder!.Value).ToDictionary();

    /// <returns>
    /// The one-time code; the same again gives a new code of the same terminal. As <see cref="RegisterTerminal.Register"/>, and <c>not_found</c>,
    /// <c>field_required</c> and <c>field_unknown</c> (profiles).
    /// </returns>
    public async Task<Result<RegisteredTerminal>> AddTerminal(StaffAtWork work, ShopTerminal terminal, CancellationToken stop)
    {
        var shop = await Find(work, terminal.Acceptor);
        if (shop.Refused is { } no) return no;
        if (terminal.Profiles.Count == 0) return Refusal.Of("field_required", ("field", "profiles"));
        var chosen = Profiles.Where(p => terminal.Profiles.Contains(TerminalProfiles.Name(p))).ToList();
        if (terminal.Profiles.FirstOrDefault(name => Profiles.All(p => TerminalProfiles.Name(p) != name)) is { } unknown) return Refusal.Of("field_unknown", ("field", unknown));
        return await registerTerminal.Register(work.Member, new NewTerminal(work.Office.Code, terminal.Acceptor.Value, terminal.Label, chosen, terminal.Id), stop);
    }

    /// <summary>Where an office finds a terminal: at its shop, at the organiser that records with it, at its library.</summary>
    public static string PageOf(Terminal terminal) => terminal.Holder is null ? "/office/support-desks" : $"/office/{(terminal.Profiles[0] switch { TerminalProfile.Organiser => "organisers", TerminalProfile.LibraryCounter or TerminalProfile.SelfLending => "providers", _ => "shops" })}/{terminal.Holder}";

    public async Task<Result<Terminal>> Terminal(StaffAtWork work, TerminalId id, CancellationToken stop)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        return await terminals.Get(id, stop) is { } terminal && terminal.Municipality == work.Office.Code ? terminal : Refusal.Of("not_found");
    }

    public async Task<Result<RegisteredTerminal>> RenewCode(StaffAtWork work, TerminalId id, CancellationToken stop)
    {
        var terminal = await Terminal(work, id, stop);
        return terminal.Refused is { } no ? no : await registerTerminal.RenewCode(work.Member, id, stop);
    }

    /// <returns>As <see cref="RevokeTerminal.Revoke"/>.</returns>
    public async Task<Result<Terminal>> Revoke(StaffAtWork work, TerminalId id, string? reason, CancellationToken stop)
    {
        var terminal = await Terminal(work, id, stop);
        return terminal.Refused is { } no ? no : await revoke.Revoke(work.Member, id, reason, stop);
    }

    private static bool Has(string text, string part) => Typed.HalfWidth(text).Contains(part, StringComparison.OrdinalIgnoreCase);
}
