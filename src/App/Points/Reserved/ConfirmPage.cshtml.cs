using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Reserved;

/// <summary>Where how many go, what stays, and until when they last there. The form carries the transfer's id, so that sending it twice moves once.</summary>
public sealed class ConfirmPage(MoveReserved move, TimeProvider clock) : CitizenPage
{
    private static readonly NextStep Form = new("行き先を選ぶ画面へ", "/my/reserved");

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Town { get; set; }

    [BindProperty(SupportsGet = true)]
    public long Amount { get; set; }

    public GoodMove Move { get; private set; } = null!;

    public Points Rest { get; private set; }

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var plan = await move.Plan(Citizen, stop);
        var good = await move.Check(Citizen, MoveOrder.Reserved(default, Town, Amount), plan);
        if (good.Refused is { } no) return await this.Refuse(no, Form);
        (Move, Id) = (good.Value, Ids.NewV7(clock));
        Rest = plan.Sum - Move.Amount;
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        var moved = await move.Run(Citizen, MoveOrder.Reserved(new TransferId(Id), Town, Amount));
        return moved.Refused is { } no ? await this.Refuse(no, Form) : this.SeeOther($"/my/reserved/done/{moved.Value.Receipt}");
    }
}
