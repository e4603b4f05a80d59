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

/// <summary>Invites somebody with a first role. The address to enrol is shown in the answer itself, once.</summary>
public sealed class InvitePage(StaffChanges changes, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "職員番号")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "役わり")]
    public string? RoleName { get; set; }

    [BindProperty, Display(Name = "自治体の番号")]
    public string? Town { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public IReadOnlyList<SelectListItem> Choices => StaffRoles.Choices(Work);

    public string? EnrolUrl { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator, Role.StaffAdmin];

    protected override bool AsksAgain => true;

    public void OnGet() => Id = Ids.NewV7(clock);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var done = await changes.Propose(Work, new WantedChange(Id, "invite", null, Number, RoleName, Town), stop);
        if (done.Refused is { } no)
        {
            return no.Code switch
            {
                "municipality_unknown" => this.Refuse(nameof(Town), no),
                "field_required" => this.Refuse(no.Facts.Any(f => Equals(f.Value, "role")) ? nameof(RoleName) : nameof(Town), no),
                "number_format" or "staff_number_taken" => this.Refuse(nameof(Number), no),
                _ => await No(no),
            };
        }
        if (!done.Value.Applied) return this.SeeOther($"{Door.Home}/staff?saved=waits");
        if (done.Value.EnrolToken is null) return this.SeeOther($"{Door.Home}/staff?saved=done");
        EnrolUrl = StaffChanges.EnrolUrl(HttpContext, (await changes.Member(Work, done.Value.Staff!.Value, stop)).Value, done.Value.EnrolToken);
        return Page();
    }
}

/// <summary>The roles that somebody may give.</summary>
public static class StaffRoles
{
    public static IReadOnlyList<SelectListItem> Choices(StaffAtWork work) =>
        [new("選んでください", ""), .. Roles.All.Where(r => work.Town is null || !Roles.IsOfPlatform(r)).Select(r => new SelectListItem(StaffWords.Of(r), Words<Role>.Of(r)))];
}
