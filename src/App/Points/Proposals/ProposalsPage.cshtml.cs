using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Proposals;

/// <summary>What waits for another operator.</summary>
public sealed class ProposalsPage(DecideProposal decide, FindStaff staff) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<OpenProposal> Open { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    private Dictionary<StaffId, string> Numbers { get; set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        Open = (await decide.Open(Work, stop)).Value;
        Numbers = (await staff.All(stop: stop)).ToDictionary(m => m.Id, m => m.Number);
    }

    public string NumberOf(StaffId id) => Numbers.GetValueOrDefault(id, "ほかの職員");
}

/// <summary>One change with before and after: approved or declined here, as it was seen.</summary>
public sealed class ProposalPage(DecideProposal decide, FindStaff staff) : StaffPage
{
    private static readonly NextStep ToList = new("承認を待つ変更へ", "/operator/proposals");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary>Of what this page showed.</summary>
    [BindProperty]
    public string? Hash { get; set; }

    public OpenProposal? Open { get; private set; }

    public OnceShown? Once { get; private set; }

    public bool Own => Open?.Proposal.Maker == Work.Member.Id;

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    private Dictionary<StaffId, string> Numbers { get; set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var found = await decide.Find(Work, Id, stop);
        if (found.Refused is { } no) return await this.Refuse(no, ToList);
        Open = found.Value;
        Numbers = (await staff.All(stop: stop)).ToDictionary(m => m.Id, m => m.Number);
        return Page();
    }

    public async Task<IActionResult> OnPostApprove(CancellationToken stop)
    {
        var done = await decide.Approve(Work, Id, Hash, stop);
        if (done.Refused is { } no) return await No(no, ToList);
        if (done.Value.Once is not { } once) return this.SeeOther("/operator/proposals?saved=approved");
        Once = once;
        return Page();
    }

    public async Task<IActionResult> OnPostDecline(CancellationToken stop)
    {
        var done = await decide.Refuse(Work, Id, stop);
        return done.Refused is { } no ? await No(no, ToList) : this.SeeOther("/operator/proposals?saved=declined");
    }

    public string NumberOf(StaffId id) => Numbers.GetValueOrDefault(id, "ほかの職員");
}
