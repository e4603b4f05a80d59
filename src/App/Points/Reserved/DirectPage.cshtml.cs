using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.MyPage;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Reserved;

/// <summary>Where one citizen's held points go, and why. The form carries the transfer's id, so that sending it twice moves once.</summary>
public sealed class DirectPage(DirectReserved direct, RegistryCache registry, TimeProvider clock) : StaffPage
{
    private static readonly NextStep List = new("行き先のない留保ポイントへ", "/operator/reserved");

    [BindProperty(SupportsGet = true, Name = "citizen")]
    public Guid Whose { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "行き先の自治体")]
    public string? Town { get; set; }

    [BindProperty, Display(Name = "理由")]
    public string? Reason { get; set; }

    public HeldCase Case { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, List);
        Id = Ids.NewV7(clock);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var done = await direct.Run(Work, new DirectOrder(Id, new CitizenId(Whose), Town, Reason));
        if (done.Ok) return this.SeeOther("/operator/reserved?saved=true");
        var no = done.Refused!;
        var field = no.Code is "municipality_unknown" || no.Fact<string>("field") == "municipality" ? nameof(Town)
            : no.Code is "field_required" or "too_large" or "my_number_refused" or "pan_refused" ? nameof(Reason) : null;
        if (field is null || await Show(stop) is not null) return await No(no, List);
        return this.Refuse(field, no);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await direct.Find(new CitizenId(Whose), stop);
        if (found.Refused is { } gone) return gone;
        (Case, Choices) = (found.Value, Towns.Choices(await registry.View()));
        return null;
    }
}
