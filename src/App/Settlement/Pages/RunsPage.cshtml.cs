using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>Files for the bank: a new one of all that is approved, and those before.</summary>
public sealed class RunsPage(FindRuns find, FindAccounts accounts, MakeRun make, TimeProvider clock) : StaffPage
{
    public const string Here = $"{OfficeMonthsPage.Here}/runs";

    [BindProperty]
    public Guid Change { get; set; }

    [BindProperty, Display(Name = "振り込む日")]
    public string? Day { get; set; }

    public IReadOnlyList<PaymentRun> All { get; private set; } = [];

    public (int Claims, long Amount) Ready { get; private set; }

    public (int Claims, long Amount) Without { get; private set; }

    public bool HasAccount { get; private set; }

    public bool MayMake => Work.Require(Role.Officer).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task OnGet(CancellationToken stop)
    {
        (Change, Day) = (Ids.NewV7(clock), TypedDay.Of(BankDays.After(clock.Today().AddDays(2))));
        await Load(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Load(stop);
        var day = this.Day(nameof(Day), Day);
        if (!ModelState.IsValid) return this.Again();
        var made = await make.Run(Work, new WantedRun(Change, day), stop);
        return made.Ok ? this.SeeOther($"{Here}/{made.Value.Id}") : made.Refused!.Code == "bank_day" ? this.Refuse(nameof(Day), made.Refused) : await No(made.Refused, new NextStep("振込に戻る", Here));
    }

    private async Task Load(CancellationToken stop)
    {
        (All, HasAccount) = (await find.Of(Work.Office.Code, stop), await accounts.Find(Work.Office.Code, AccountHolder.Own, stop) is not null);
        (Ready, Without) = await make.Ahead(Work.Office.Code, stop);
    }
}
