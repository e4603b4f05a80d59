using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Rules;

/// <summary>What an acceptor of somewhere means to this municipality's points.</summary>
/// <param name="Rule"><c>accepted</c>, <c>refused</c>, or <c>by_kind</c> without a rule of its own.</param>
/// <param name="Accepted">What follows from all rules.</param>
public sealed record AcceptorRule(Acceptor Acceptor, string Place, string Rule, bool Accepted);

/// <summary>What a municipality decides itself about its points: name and validity (S4-20), and where they may be used (S2-P6c).</summary>
public sealed class OfficeRules(RegistryCache registry, SetUsageRule usage, ChangeMunicipality change)
{
    /// <summary>More than anybody reads; the search finds the others.</summary>
    private const int Shown = 100;

    /// <returns>As <see cref="ChangeMunicipality.Run"/>, and <c>role_forbidden</c>. Whether it issues any, and as what, the platform decides.</returns>
    public async Task<Result<Municipality>> Change(StaffAtWork work, string? brand, int? expiryDays, int? expiryMonths, CancellationToken stop) =>
        work.Require(Role.StaffAdmin).Refused is { } no ? no
        : await change.Run(new(work.Office.Code, brand, work.Office.Issuer, expiryDays, expiryMonths, work.Office.State, work.Actor), stop);

    /// <summary>From when on its points pay (S4-14).</summary>
    /// <returns>As <see cref="ChangeMunicipality.UseFrom"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Municipality>> UseFrom(StaffAtWork work, DateOnly? from, CancellationToken stop) =>
        work.Require(Role.StaffAdmin).Refused is { } no ? no : await change.UseFrom(work.Office.Code, from, work.Actor, stop);

    /// <returns>As <see cref="SetUsageRule.ForKind"/>, and <c>role_forbidden</c>, <c>field_required</c> (field).</returns>
    public async Task<Result<UsageArea>> ForKind(StaffAtWork work, string kind, string? area, CancellationToken stop)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        if (Words<UsageArea>.Find(area ?? "") is not { } to) return Refusal.Of("field_required", ("field", "area"));
        return (await registry.View()).AreaOf(work.Office.Code, kind) == to && AcceptorKind.Find(kind).Ok ? to : await usage.ForKind(work.Office.Code, kind, to, work.Actor, stop);
    }

    /// <returns>As <see cref="SetUsageRule.ForAcceptor"/>, and <c>role_forbidden</c>, <c>field_required</c> (field).</returns>
    public async Task<Result<bool?>> ForAcceptor(StaffAtWork work, AcceptorId acceptor, string? rule, CancellationToken stop)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        if (rule is not ("accepted" or "refused" or "by_kind")) return Refusal.Of("field_required", ("field", "rule"));
        return await usage.ForAcceptor(work.Office.Code, acceptor, rule switch { "accepted" => true, "refused" => false, _ => null }, work.Actor, stop);
    }

    /// <summary>The area of every kind that may take points.</summary>
    public async Task<Result<(AcceptorKind Kind, UsageArea Area)[]>> Kinds(StaffAtWork work)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        var view = await registry.View();
        return AcceptorKind.All.Where(k => k.MayAccept).Select(k => (k, view.AreaOf(work.Office.Code, k.Code))).ToArray();
    }

    /// <param name="search">Part of a name, anywhere in the country; null or empty: the acceptors with a rule of their own.</param>
    public async Task<Result<AcceptorRule[]>> Acceptors(StaffAtWork work, string? search)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        var view = await registry.View();
        var (code, text) = (work.Office.Code, Typed.HalfWidth(search));
        return view.Acceptors
            .Where(a => text.Length == 0 ? view.RuleOf(code, a.Id) is not null : Typed.HalfWidth(a.Name).Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(a => a.Municipality != code).ThenBy(a => a.Name, StringComparer.Ordinal).ThenBy(a => a.Id.Value).Take(Shown)
            .Select(a => new AcceptorRule(a, view.Find(a.Municipality)?.FullName ?? a.Municipality.Value,
                view.RuleOf(code, a.Id) switch { null => "by_kind", true => "accepted", false => "refused" }, view.AcceptedHere(code, a.Id).Ok)).ToArray();
    }
}
