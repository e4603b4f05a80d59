using System.Text.Json;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Membership;

/// <summary>One operator says when a membership ends, another approves it (V-D3): it stops what a municipality begins, so nobody does it alone where there are two.</summary>
public sealed class AskMembershipEnd(EndMembership end, RegistryCache registry, ProposeChange propose, TimeProvider clock)
{
    /// <returns>The municipality as it is, or what waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>number_format</c>, and as <see cref="EndMembership.Check"/> and <see cref="ProposeChange.Run"/>.</returns>
    public async Task<Result<Asked<Municipality>>> Run(StaffAtWork work, string? code, WantedEnd wanted, CancellationToken stop)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var town = (await registry.View()).Resolve(code ?? "", "", "");
        if (town.Refused is { } unknown) return unknown;
        var ready = await Ready(town.Value.Code, wanted);
        if (ready.Refused is { } unfit) return unfit;
        var asked = await propose.Run(work, ready.Value, smaller: false, stop);
        return asked.Refused is { } no ? no : new Asked<Municipality>(Must.Have((await registry.View()).Find(town.Value.Code), "a municipality that was asked about is there"), asked.Value.Id);
    }

    internal async Task<Result<ReadyChange>> Ready(MunicipalityCode code, WantedEnd wanted)
    {
        var read = await end.Check(code, wanted);
        if (read.Refused is { } no) return no;
        var draft = new ProposalDraft(ProposalKind.MembershipEnd, code.Value, "", JsonSerializer.Serialize(wanted with { Reason = read.Value.Reason }));
        return new ReadyChange(draft, (tx, by) => end.Write(tx, read.Value, by), registry.Drop);
    }
}

/// <summary>The end of a membership that waits for another operator.</summary>
public sealed class MembershipEndProposed(AskMembershipEnd ask, RegistryCache registry) : IProposed
{
    public ProposalKind Kind => ProposalKind.MembershipEnd;

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => ask.Ready(MunicipalityCode.Of(proposal.Subject), Read(proposal));

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var (wanted, town) = (Read(proposal), (await registry.View()).Find(MunicipalityCode.Of(proposal.Subject)));
        return new($"{town?.FullName}の会員の終わり", $"/operator/municipalities/{proposal.Subject}",
        [
            new("会員の最後の日", town?.MemberUntil is { } until ? Words.Day(until) : "決まっていません", Words.Day(wanted.LastDay!.Value)),
            new("理由", null, wanted.Reason ?? ""),
        ]);
    }

    private static WantedEnd Read(Proposal proposal) => JsonSerializer.Deserialize<WantedEnd>(proposal.Content)!;
}
