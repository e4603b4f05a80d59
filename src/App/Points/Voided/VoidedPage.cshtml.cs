using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;

namespace MyKey.App.Voided;

/// <summary>What became void because people gave up their MyKey ID, by day (S0-5017).</summary>
public sealed class VoidedPage(VoidedPoints voided) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "year")]
    public int? Year { get; set; }

    public VoidedReply Found { get; private set; } = new(0, 0, []);

    public int? Before => Found.Year > VoidedPoints.FirstYear ? Found.Year - 1 : null;

    public int? After => Found.Year < voided.ThisYear ? Found.Year + 1 : null;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var found = await voided.Of(Work, Year, stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("今年度を見る", "/office/voided"));
        Found = found.Value;
        return Page();
    }
}
