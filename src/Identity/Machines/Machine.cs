using System.Net;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.Identity.Machines;

/// <summary>What a machine's key may open: a closed list.</summary>
public static class MachineScopes
{
    /// <summary>A shop's own till: use, cancel and read of what the shop took.</summary>
    public const string UsesWrite = "uses.write";

    /// <summary>Grants of the municipality.</summary>
    public const string GrantsWrite = "grants.write";

    /// <summary>Use of a facility that a municipality counts for a programme (K-12).</summary>
    public const string AttendanceWrite = "attendance.write";

    /// <summary>Coupons of a partner: bring them, and read what was exchanged.</summary>
    public const string CouponsWrite = "coupons.write";

    /// <summary>Pledges to an online site: make, capture, release and refund them.</summary>
    public const string PledgesWrite = "pledges.write";

    /// <summary>A service provider's own system: asks for its number of a citizen who shows himself (S2-P9d).</summary>
    public const string LinksRead = "links.read";

    /// <summary>The same, and makes and ends links.</summary>
    public const string LinksWrite = "links.write";

    /// <summary>A payment service's own system: reads the orders it was given (S1-40).</summary>
    public const string PayoutsRead = "payouts.read";

    /// <summary>The same: reports what earns a premium of the State, and claims what it granted (S3-02, R-D1).</summary>
    public const string PremiumsWrite = "premiums.write";

    public static IReadOnlyList<string> All { get; } = [AttendanceWrite, CouponsWrite, GrantsWrite, LinksRead, LinksWrite, PayoutsRead, PledgesWrite, PremiumsWrite, UsesWrite];

    /// <summary>Of those for which the platform alone gives keys.</summary>
    public static IReadOnlyList<string> OfPlatform { get; } = [CouponsWrite, PayoutsRead, PledgesWrite, PremiumsWrite];

    /// <summary>Of those that may go together: both are of one payment service.</summary>
    public static IReadOnlyList<string> OfPaymentServices { get; } = [PayoutsRead, PremiumsWrite];

    /// <summary>What an office may give; the platform alone has partners and online sites.</summary>
    public static IReadOnlyList<string> OfOffices { get; } = [AttendanceWrite, GrantsWrite, LinksRead, LinksWrite, UsesWrite];

    /// <summary>Of those that open the numbers of one service provider.</summary>
    public static IReadOnlyList<string> OfProviders { get; } = [LinksRead, LinksWrite];
}

/// <summary>A machine client that showed a good key.</summary>
/// <param name="Holder">The acceptor, service provider, partner or online site that it speaks for; null for one of the municipality.</param>
/// <param name="Scopes">What it may call, e.g. <c>uses.write</c>.</param>
public sealed record Machine(MachineId Id, MunicipalityCode Municipality, Guid? Holder, string Label, IReadOnlyList<string> Scopes)
{
    /// <summary>This machine, or <c>role_forbidden</c>.</summary>
    public Result<Machine> Require(string scope) => Scopes.Contains(scope) ? this : Refusal.Of("role_forbidden");

    /// <summary>The machine where a shop's terminal or a provider's counter would stand: the same calls, the same rules. What it does, it does as a machine.</summary>
    /// <returns><c>role_forbidden</c> without <c>uses.write</c>, <c>links.read</c> or <c>links.write</c>.</returns>
    public Result<Terminal> AsTill()
    {
        TerminalProfile? profile = Scopes.Contains(MachineScopes.UsesWrite) ? TerminalProfile.Shop
            : Scopes.Contains(MachineScopes.LinksWrite) ? TerminalProfile.LibraryCounter
            : Scopes.Contains(MachineScopes.LinksRead) ? TerminalProfile.SelfLending : null;
        return profile is { } stands ? new Terminal(new TerminalId(Id.Value), Municipality, Holder, Label, [stands], TerminalState.Enrolled) { Actor = Actor.Of(Id) } : Refusal.Of("role_forbidden");
    }
}

/// <summary>A key as it is asked for.</summary>
/// <param name="Id">Made by the caller: the same again asks for nothing new.</param>
/// <param name="Machine">A machine that has a key already and gets the next; null: a new one.</param>
/// <param name="Municipality">Of the office; <see cref="MunicipalityCode.Pool"/> for a partner's or an online site's.</param>
/// <param name="Holder">The acceptor, for <c>uses.write</c>; the service provider, for <c>links.read</c> and <c>links.write</c>; the partner, for <c>coupons.write</c>; the online site, for <c>pledges.write</c>; the payment service, for <c>payouts.read</c> and <c>premiums.write</c>.</param>
/// <param name="Networks">CIDR blocks it may come from; none = anywhere.</param>
/// <param name="ValidDays">1 to 365.</param>
public sealed record NewMachineKey(Guid Id, MachineId? Machine, MunicipalityCode Municipality, Guid? Holder, string? Label, IReadOnlyList<string> Scopes, IReadOnlyList<string> Networks, int ValidDays)
{
    public const int LongestDays = 365, LongestLabel = 40, MostNetworks = 20;

    /// <returns>
    /// The same in canonical form; <c>field_required</c> (field), <c>field_unknown</c> for a scope outside the list, <c>number_format</c> (field)
    /// for days or networks, and what free text is refused for.
    /// </returns>
    internal Result<NewMachineKey> Check()
    {
        var label = Typed.HalfWidth(Label);
        if (label.Length is 0 or > LongestLabel) return Refusal.Of("field_required", ("field", "label"));
        if (FreeText.Check(label) is { } personal) return personal;
        if (Scopes.Count == 0) return Refusal.Of("field_required", ("field", "scopes"));
        if (Scopes.FirstOrDefault(s => !MachineScopes.All.Contains(s)) is { } unknown) return Refusal.Of("field_unknown", ("field", unknown));
        var platform = Municipality == MunicipalityCode.Pool;
        if (Scopes.FirstOrDefault(s => MachineScopes.OfPlatform.Contains(s) != platform) is { } elsewhere) return Refusal.Of("field_unknown", ("field", elsewhere));
        // A partner's key opens nothing of a site, nor the other way round: their ids say different things.
        if (platform && Scopes.Distinct().Count() > 1 && Scopes.Any(s => !MachineScopes.OfPaymentServices.Contains(s))) return Refusal.Of("field_unknown", ("field", Scopes[^1]));
        // Nor does a shop's key open the numbers of a library.
        if (Scopes.FirstOrDefault(s => MachineScopes.OfProviders.Contains(s)) is { } links && Scopes.Any(s => !MachineScopes.OfProviders.Contains(s))) return Refusal.Of("field_unknown", ("field", links));
        if ((platform || Scopes.Any(s => s == MachineScopes.UsesWrite || MachineScopes.OfProviders.Contains(s))) != Holder.HasValue) return Refusal.Of("field_required", ("field", "acceptor"));
        if (ValidDays is < 1 or > LongestDays) return Refusal.Of("number_format", ("field", "validDays"));
        if (Networks.Count > MostNetworks || Networks.Any(n => !IPNetwork.TryParse(n, out _))) return Refusal.Of("number_format", ("field", "networks"));
        return this with { Label = label, Scopes = [.. Scopes.Distinct().Order(StringComparer.Ordinal)], Networks = [.. Networks.Distinct()] };
    }

    /// <summary>For the operation log and for "is it the same again".</summary>
    internal string Describe() => string.Join(' ', [Municipality.Value, .. Scopes, $"{ValidDays}d", .. Networks]);
}
