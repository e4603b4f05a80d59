using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Staffing;

namespace MyKey.App.Office.Joins;

/// <summary>The counter's part of the slow way from a new card to the old ID: the number, then a look at the person and the card.</summary>
public sealed class JoinsPage(RequestJoin join) : StaffPage
{
    private const string Here = "/office/joins";

    [BindProperty, Display(Name = "窓口で聞いた番号")]
    public string? Number { get; set; }

    /// <summary>It was just joined.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    /// <summary>What is to be confirmed.</summary>
    public JoinRequest? Found { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.SupportDesk];

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostFind(CancellationToken stop)
    {
        var found = await join.Find(Work.Member, Work.Office.Code, Number, stop);
        if (found.Refused is { } no) return this.Refuse(nameof(Number), no);
        Found = found.Value;
        return Page();
    }

    public async Task<IActionResult> OnPostConfirm(CancellationToken stop)
    {
        var done = await join.Confirm(Work.Member, Work.Office.Code, Number, stop);
        return done.Refused is { } no ? await this.Refuse(no, new NextStep("番号を入れ直す", Here)) : this.SeeOther($"{Here}?saved=1");
    }
}
