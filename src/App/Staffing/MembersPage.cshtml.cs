using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Staffing;

/// <summary>The members of staff, and what waits for a second person: whoever proposed it can't approve it (V-D3).</summary>
public sealed class MembersPage(StaffChanges changes, RegistryCache registry) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public StaffMember[] Members { get; private set; } = [];

    public OpenStaffChange[] Waiting { get; private set; } = [];

    /// <summary>Of the invitations that whoever looks proposed.</summary>
    public InvitationCode[] Codes { get; private set; } = [];

    public RegistryView Registry { get; private set; } = null!;

    /// <summary>The enrolment address of an invitation that was approved just now; shown once.</summary>
    public string? EnrolUrl { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator, Role.StaffAdmin];

    public Task OnGet(CancellationToken stop) => Show(stop);

    public async Task<IActionResult> OnPostApprove(Guid change, CancellationToken stop)
    {
        var done = await changes.Approve(Work, change, stop);
        if (done.Refused is { } no) return await No(no, new NextStep("職員の一覧へ", $"{Door.Home}/staff"));
        if (done.Value.EnrolToken is null) return this.SeeOther($"{Door.Home}/staff?saved=approved");
        await Show(stop);
        EnrolUrl = StaffChanges.EnrolUrl(HttpContext, Members.FirstOrDefault(m => m.Id == done.Value.Staff), done.Value.EnrolToken);
        return Page();
    }

    public async Task<IActionResult> OnPostRefuse(Guid change, CancellationToken stop)
    {
        var done = await changes.Refuse(Work, change, stop);
        return done.Refused is { } no ? await No(no, new NextStep("職員の一覧へ", $"{Door.Home}/staff")) : this.SeeOther($"{Door.Home}/staff?saved=refused");
    }

    public string? NumberOf(StaffId? id) => Members.FirstOrDefault(m => m.Id == id)?.Number;

    private async Task Show(CancellationToken stop)
    {
        Registry = await registry.View();
        Members = (await changes.Members(Work, stop)).Value;
        Waiting = (await changes.Waiting(Work, stop)).Value;
        Codes = (await changes.Codes(Work, stop)).Value;
    }
}
