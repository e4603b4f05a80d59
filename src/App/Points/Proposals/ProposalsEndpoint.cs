using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Proposals;

/// <param name="Before">null: there was none.</param>
public sealed record ProposalLineReply(string Label, string? Before, string After);

/// <param name="Kind"><c>partner_terms</c>, <c>partner_campaign</c>, <c>partner_site</c>, <c>site_login</c>, <c>site_seller</c>, <c>site_hook</c>, <c>card_operator</c>, <c>payment_service</c>, <c>round</c> or <c>membership_end</c>.</param>
/// <param name="Subject">Key of the partner or site, code of the municipality, or an id.</param>
/// <param name="Hash">Over all that was proposed; an approval names it.</param>
public sealed record ProposalReply(Guid Id, Guid Maker, string Kind, string Subject, string Title, IReadOnlyList<ProposalLineReply> Lines, long MadeMs, string Hash)
{
    public static ProposalReply Of(OpenProposal o) => new(o.Proposal.Id, o.Proposal.Maker.Value, Words<ProposalKind>.Of(o.Proposal.Kind), o.Proposal.Subject, o.View.Title,
        [.. o.View.Lines.Select(l => new ProposalLineReply(l.Label, l.Before, l.After))], o.Proposal.MadeMs, o.Hash);
}

/// <param name="Hash">As it was shown.</param>
public sealed record ApprovalRequest(string Hash);

/// <param name="KeyNo">Number of a secret that was made with it; <paramref name="Secret"/> is shown this once.</param>
public sealed record ProposalApprovedReply(Guid Id, string Kind, string Subject, int? KeyNo, string? Secret)
{
    public static ProposalApprovedReply Of(ProposalApproved a) => new(a.Proposal.Id, Words<ProposalKind>.Of(a.Proposal.Kind), a.Proposal.Subject, a.Once?.KeyNo, a.Once?.Secret);
}

/// <summary>Changes that wait for another operator, under <c>/api/v1/operator/proposals</c>.</summary>
public static class ProposalsEndpoint
{
    public static void AddProposals(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ProposeChange>().AddSingleton<DecideProposal>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 28, "承認を待つ変更", "/operator/proposals"));

    public static void MapProposals(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/operator/proposals");
        group.MapGet("", Open);
        group.MapGet("/{id:guid}", One);
        group.MapPost("/{id:guid}/approve", Approve);
        group.MapPost("/{id:guid}/refuse", Refuse);
    }

    private static async Task<Answer<ProposalReply[]>> Open(HttpContext context, DecideProposal decide, CancellationToken stop) =>
        (await context.AtPlatform(work => decide.Open(work, stop))).Then<ProposalReply[]>(all => all.Select(ProposalReply.Of).ToArray());

    private static async Task<Answer<ProposalReply>> One(Guid id, HttpContext context, DecideProposal decide, CancellationToken stop) =>
        (await context.AtPlatform(work => decide.Find(work, id, stop))).Then<ProposalReply>(o => ProposalReply.Of(o));

    private static async Task<Answer<ProposalApprovedReply>> Approve(Guid id, ApprovalRequest request, HttpContext context, DecideProposal decide, CancellationToken stop) =>
        (await context.AtPlatform(work => decide.Approve(work, id, request.Hash, stop))).Then<ProposalApprovedReply>(a => ProposalApprovedReply.Of(a));

    private static async Task<Answer<bool>> Refuse(Guid id, HttpContext context, DecideProposal decide, CancellationToken stop) =>
        await context.AtPlatform(work => decide.Refuse(work, id, stop));
}
