using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>A key for a system of a site.</summary>
/// <param name="Id">UUID made by the caller: the same again asks for nothing new.</param>
/// <param name="Label">Which system it is; no name of a person.</param>
/// <param name="Networks">CIDR blocks it may come from; left out: anywhere.</param>
/// <param name="ValidDays">1 to 365.</param>
/// <param name="Machine">A system that has a key already and gets its next one.</param>
public sealed record WantedSiteKey(Guid Id, string Label, IReadOnlyList<string>? Networks, int ValidDays, Guid? Machine = null);

/// <summary>Keys with which a site's own system pledges and captures. Operators ask for them; two people as for every key.</summary>
public sealed class OnlineSiteKeys(OnlineSiteCache sites, IssueMachineKey issue)
{
    /// <returns>As <see cref="IssueMachineKey.Ask"/>, and <c>not_found</c> for the site.</returns>
    public async Task<Result<MachineKeyAsked>> Ask(StaffAtWork work, string key, WantedSiteKey wanted, CancellationToken stop) =>
        (await sites.View()).Find(key) is not { } site ? Refusal.Of("not_found")
        : await issue.Ask(work.Member, work.Session, new NewMachineKey(wanted.Id, wanted.Machine is { } machine ? new MachineId(machine) : null, MunicipalityCode.Pool, site.Id.Value,
            wanted.Label, [MachineScopes.PledgesWrite], wanted.Networks ?? [], wanted.ValidDays), stop);

    /// <summary>The site whose system shows a key.</summary>
    /// <returns><c>key_unknown</c>, <c>rate_limited</c>, <c>role_forbidden</c> for a key of somebody else.</returns>
    public async Task<Result<SiteCall>> Of(HttpContext context)
    {
        var machine = (await context.Machine()).Then(m => m.Require(MachineScopes.PledgesWrite));
        if (machine.Refused is { } no) return no;
        return (await sites.View()).Find(new OnlineSiteId(machine.Value.Holder!.Value)) is { } site ? new SiteCall(site, Actor.Of(machine.Value.Id)) : Refusal.Of("role_forbidden");
    }
}

/// <summary>A call of a site's own system.</summary>
public sealed record SiteCall(OnlineSite Site, Actor By);
