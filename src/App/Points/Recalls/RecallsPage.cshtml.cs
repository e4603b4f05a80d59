using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Recalls;

/// <summary>Grants that were taken back, and what was spent of them: claims outside the system.</summary>
public sealed class RecallsPage(FindRecalls find, ProgrammeList programmes, ClaimsCsv csv) : StaffPage
{
    public IReadOnlyList<Recall> All { get; private set; } = [];

    public IReadOnlyList<Recall> Claims { get; private set; } = [];

    private Dictionary<ProgrammeId, string> Names { get; set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public string NameOf(ProgrammeId programme) => Names.GetValueOrDefault(programme, "");

    public async Task OnGet(CancellationToken stop)
    {
        (All, Claims) = (await find.Of(Work.Office.Code, stop), await find.Claims(Work.Office.Code, stop));
        Names = (await programmes.Of(Work.Office.Code, stop)).ToDictionary(p => p.Id, p => p.Name);
    }

    public async Task<IActionResult> OnGetCsv(CancellationToken stop) => File(await csv.Of(Work.Office.Code, stop), $"{MediaTypeNames.Text.Csv}; charset=utf-8", "claims.csv");
}
