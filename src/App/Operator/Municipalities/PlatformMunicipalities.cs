using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Municipalities;

/// <summary>All municipalities, as the platform's operators see and change them.</summary>
public sealed class PlatformMunicipalities(RegistryCache registry, ChangeMunicipality change)
{
    /// <param name="search">Part of the full name or of the points' name, or the beginning of a code; null or empty: those that issue points.</param>
    public async Task<Result<Municipality[]>> List(string? search)
    {
        var text = Typed.HalfWidth(search);
        return (await registry.View()).Municipalities
            .Where(m => text.Length == 0 ? m.State != MunicipalityState.Listed : Has(m.FullName, text) || Has(m.PointName, text) || m.Code.Value.StartsWith(text, StringComparison.Ordinal))
            .OrderBy(m => m.Code.Value, StringComparer.Ordinal).ToArray();
    }

    public async Task<Result<Municipality>> Find(string? code) => (await registry.View()).Resolve(code ?? "", "", "");

    /// <returns>As <see cref="ChangeMunicipality.Run"/>, and <c>role_forbidden</c>, <c>number_format</c>.</returns>
    public async Task<Result<Municipality>> Change(StaffAtWork work, string? code, MunicipalityChange to, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var before = await Find(code);
        if (before.Refused is { } unknown) return unknown;
        if (Words<IssuerKind>.Find(to.Issuer ?? "") is not { } issuer) return Refusal.Of("field_required", ("field", "issuer"));
        if (Words<MunicipalityState>.Find(to.State ?? "") is not { } state) return Refusal.Of("field_required", ("field", "state"));
        return await change.Run(new(before.Value.Code, to.Brand, issuer, to.ExpiryDays, to.ExpiryMonths, state, work.Actor), stop);
    }

    /// <returns>As <see cref="ChangeMunicipality.Rename"/>, and <c>role_forbidden</c>, <c>number_format</c>.</returns>
    public async Task<Result<Municipality>> Rename(StaffAtWork work, string? code, string? formerNames, CancellationToken stop)
    {
        if (work.Require(Role.Operator).Refused is { } no) return no;
        var before = await Find(code);
        return before.Refused is { } unknown ? unknown : await change.Rename(before.Value.Code, formerNames, work.Actor, stop);
    }

    private static bool Has(string text, string part) => Typed.HalfWidth(text).Contains(part, StringComparison.OrdinalIgnoreCase);
}
