using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Operator.Citizens;

/// <summary>One ID: whether it is suspended, and the other way round, with a reason (S0-1022a, S0-1022b).</summary>
public sealed class IdPage(FindCitizen citizens, SuspendCitizen suspend) : StaffPage
{
    private static readonly NextStep Search = new("マイキーIDを探す", "/operator/citizens");

    [BindProperty(SupportsGet = true, Name = "id")]
    public string? Id { get; set; }

    [BindProperty, Display(Name = "理由")]
    public string? Reason { get; set; }

    /// <summary>What was just done.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Citizen Citizen { get; private set; } = null!;

    public string Here => $"/operator/citizens/{Citizen.MyKeyId.Value}";

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no, Search) : Page();

    public Task<IActionResult> OnPostSuspend(CancellationToken stop) => Change((by, id) => suspend.Suspend(by.Member, id, Reason, stop), "suspended", stop);

    public Task<IActionResult> OnPostResume(CancellationToken stop) => Change((by, id) => suspend.Resume(by.Member, id, Reason, stop), "resumed", stop);

    private async Task<IActionResult> Change(Func<StaffAtWork, MyKeyId, Task<Result<Citizen>>> change, string saved, CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Search);
        var done = await change(Work, Citizen.MyKeyId);
        return done.Refused switch
        {
            null => this.SeeOther($"{Here}?saved={saved}"),
            { Code: "id_revoked" or "not_found" } no => await this.Refuse(no, Search),
            { } no => this.Refuse(nameof(Reason), no),
        };
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var id = MyKeyId.ReadTyped(Id);
        if (id.Refused is { } no) return no;
        if (await citizens.ById(id.Value, stop) is not { } citizen) return Refusal.Of("not_found");
        Citizen = citizen;
        return null;
    }
}
