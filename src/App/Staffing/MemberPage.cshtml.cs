using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Staffing;

/// <summary>One member of staff: roles, a new invitation after a lost phone, the end.</summary>
public sealed class MemberPage(StaffChanges changes, RegistryCache registry, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid StaffId { get; set; }

    /// <summary>Of the change that a form makes.</summary>
    [BindProperty(Name = "Change")]
    public Guid Change { get; set; }

    [BindProperty, Display(Name = "役わり")]
    public string? RoleName { get; set; }

    [BindProperty, Display(Name = "自治体の番号")]
    public string? Town { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public string Here => $"{Door.Home}/staff/{StaffId}";

    public StaffMember Member { get; private set; } = null!;

    public RegistryView Registry { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Choices => StaffRoles.Choices(Work);

    public string? EnrolUrl { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator, Role.StaffAdmin];

    protected override bool AsksAgain => true;

    /// <summary>Roles that whoever works here may take: an office's only its own.</summary>
    public IEnumerable<GivenRole> Mine => Member.Roles.Where(r => Work.Town is null || r.Municipality == Work.Town.Code);

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(string? kind, CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone);
        var done = await changes.Propose(Work, new WantedChange(Change, kind, StaffId, null, RoleName, Town), stop);
        if (done.Refused is { Code: "municipality_unknown" or "number_format" } town) return this.Refuse(nameof(Town), town);
        if (done.Refused is { Code: "field_required" } empty) return this.Refuse(empty.Facts.Any(f => Equals(f.Value, "role")) ? nameof(RoleName) : nameof(Town), empty);
        if (done.Refused is { } no) return await No(no, new NextStep("職員の画面へ", Here));
        if (done.Value.EnrolToken is null) return this.SeeOther($"{Door.Home}/staff?saved={(done.Value.Applied ? "done" : "waits")}");
        EnrolUrl = StaffChanges.EnrolUrl(HttpContext, Member, done.Value.EnrolToken);
        return Page();
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var member = await changes.Member(Work, new StaffId(StaffId), stop);
        if (member.Refused is { } no) return no;
        (Member, Registry) = (member.Value, await registry.View());
        if (HttpMethods.IsGet(Request.Method)) Change = Ids.NewV7(clock);
        return null;
    }
}
