using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Unpaid;

/// <summary>Who is on the recipient lists of a programme and not paid yet, with the reason (S2-P2c).</summary>
public sealed class UnpaidPage(OfficeProgrammes programmes, UnpaidLines unpaid) : StaffPage
{
    public Programme Programme { get; private set; } = null!;

    public IReadOnlyList<UnpaidLine> Lines { get; private set; } = [];

    public long Count { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public static string Why(UnpaidLine line) => line.Waits ? "承認を待っています" : Refusal.Of(line.Code).Sentences().What;

    public async Task<IActionResult> OnGet(Guid id, Guid? batch, int? line, CancellationToken stop)
    {
        var found = await programmes.One(Work, new ProgrammeId(id), stop);
        if (found.Refused is { } no) return await this.Refuse(no);
        (Programme, Lines, Count) = (found.Value, await unpaid.Of(Work.Office.Code, found.Value.Id, UnpaidLines.After(batch, line), stop), await unpaid.Count(Work.Office.Code, found.Value.Id, stop));
        return Page();
    }
}
