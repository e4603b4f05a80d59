using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Joining;

/// <summary>What a municipality still has to do before it goes live, capability by capability; all of it computed when it is looked at.</summary>
public sealed class JoiningChecklist(ReadJoiningFacts facts, FindCapabilities capabilities, SaveCapability save, ChangeMunicipality change)
{
    /// <summary>All needs, in the order in which they are met, and what each capability has of them.</summary>
    public async Task<(IReadOnlyList<JoiningNeed> Needs, IReadOnlyList<CapabilityNeeds> Capabilities)> Read(StaffAtWork work, CancellationToken stop)
    {
        var needs = JoiningNeeds.All(await facts.Of(work.Office.Code, stop));
        return (needs, JoiningNeeds.Read(needs, await capabilities.Of(work.Office.Code, stop)));
    }

    /// <returns>The capability with its needs, or <c>field_unknown</c> (field).</returns>
    public async Task<Result<CapabilityNeeds>> One(StaffAtWork work, string? capability, CancellationToken stop)
    {
        var kind = CapabilityKind.Find(capability);
        return kind.Refused is { } unknown ? unknown : (await Read(work, stop)).Capabilities.Single(c => c.Kind == kind.Value);
    }

    /// <summary>An office says what it takes part in. It goes live on a day only when nothing is missing; anything else it may say at any time.</summary>
    /// <returns>As <see cref="SaveCapability.Run"/>, and <c>role_forbidden</c>, <c>capability_incomplete</c> (missing).</returns>
    public async Task<Result<Capability>> Set(StaffAtWork work, string? capability, WantedCapability wanted, CancellationToken stop)
    {
        if (work.Require(Role.StaffAdmin).Refused is { } no) return no;
        var one = await One(work, capability, stop);
        if (one.Refused is { } unknown) return unknown;
        if (Words<CapabilityState>.Find(wanted.State ?? "") == CapabilityState.Dated && one.Value.Incomplete is { } incomplete) return incomplete;
        return await save.Run(work.Office.Code, capability, wanted, work.Actor, stop);
    }

    /// <summary>A member begins to issue points, once it has named them and said how long they are valid. That it may was decided when it became a member.</summary>
    /// <returns>The municipality; <c>role_forbidden</c>, <c>not_member</c>, <c>capability_incomplete</c> (missing).</returns>
    public async Task<Result<Municipality>> Issue(StaffAtWork work, CancellationToken stop)
    {
        if (work.Require(Role.StaffAdmin).Refused is { } no) return no;
        var needs = JoiningNeeds.All(await facts.Of(work.Office.Code, stop)).ToDictionary(n => n.Key);
        if (!needs["member"].Done) return Refusal.Of("not_member");
        var missing = new[] { needs["brand"], needs["expiry"] }.Where(n => !n.Done).Select(n => n.What).ToList();
        if (missing.Count > 0) return Refusal.Of("capability_incomplete", ("missing", string.Join("、", missing)));
        var town = work.Office;
        // An end is no pause: whoever has ended asks the platform.
        if (town.State == MunicipalityState.Closed) return Refusal.Of("role_forbidden");
        return await change.Run(new(town.Code, town.Brand, town.Issuer, town.Expiry is { Days: > 0 } d ? d.Days : null, town.Expiry is { Months: > 0 } m ? m.Months : null, MunicipalityState.Live, work.Actor), stop);
    }
}
