using MyKey.App.Programmes;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>What organisers handed over: first what waits, then what was decided.</summary>
public sealed class OfficeAttendancePage(FindOccasions find, ProgrammeList programmes) : StaffPage
{
    public IReadOnlyList<OccasionShown> Waiting { get; private set; } = [];

    public IReadOnlyList<OccasionShown> Decided { get; private set; } = [];

    private Dictionary<ProgrammeId, string> Names { get; set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public string NameOf(ProgrammeId programme) => Names.GetValueOrDefault(programme, "");

    public static string Who(OccasionShown shown) => shown.Organiser ?? "施設の利用";

    public async Task OnGet(CancellationToken stop)
    {
        Waiting = await find.Waiting(Work.Office.Code, stop);
        Decided = [.. (await find.Of(Work.Office.Code, stop)).Where(o => o.Occasion.State is OccasionState.Approved or OccasionState.Declined && Waiting.All(w => w.Occasion.Id != o.Occasion.Id))];
        Names = (await programmes.Of(Work.Office.Code, stop)).ToDictionary(p => p.Id, p => p.Name);
    }
}
