using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Machines;

/// <summary>The keys of machines with their last use, and what waits for a second person. A new key is shown in the answer to its approval, once.</summary>
public sealed class KeysPage(KeyRequests requests, FindStaff staff, RegistryCache registry) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public string Here => $"{Door.Home}/machine-keys";

    public MachineKey[] Keys { get; private set; } = [];

    public WaitingMachineKey[] Waiting { get; private set; } = [];

    public RegistryView Registry { get; private set; } = null!;

    public MachineKeyAsked? Given { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Operator, Role.TerminalAdmin];

    private Dictionary<StaffId, string> Numbers { get; set; } = [];

    public Task OnGet(CancellationToken stop) => Show(stop);

    public async Task<IActionResult> OnPostApprove(Guid key, CancellationToken stop)
    {
        var done = await requests.Approve(Work, key, stop);
        if (done.Refused is { } no) return await No(no, new NextStep("システムのかぎへ", Here));
        await Show(stop);
        Given = done.Value;
        return Page();
    }

    public async Task<IActionResult> OnPostRefuse(Guid key, CancellationToken stop)
    {
        var done = await requests.Refuse(Work, key, stop);
        return done.Refused is { } no ? await No(no, new NextStep("システムのかぎへ", Here)) : this.SeeOther($"{Here}?saved=refused");
    }

    public string NumberOf(StaffId id) => Numbers.GetValueOrDefault(id, "ほかの職員");

    public string Town(MunicipalityCode code, IReadOnlyList<string> scopes) =>
        code == MunicipalityCode.Pool ? scopes.Contains(MachineScopes.PledgesWrite) ? "ネットのサイト" : scopes.Contains(MachineScopes.PayoutsRead) ? "決済サービス" : "協力会社" : Registry.Find(code)?.Name ?? code.Value;

    private async Task Show(CancellationToken stop)
    {
        Registry = await registry.View();
        Keys = (await requests.Keys(Work, stop)).Value;
        Waiting = (await requests.Waiting(Work, stop)).Value;
        Numbers = (await staff.All(Work.Town?.Code, stop)).ToDictionary(s => s.Id, s => s.Number);
    }
}
