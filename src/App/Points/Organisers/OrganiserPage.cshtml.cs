using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Organisers;

/// <summary>One organiser: for which programmes it may record, whether it still may, and its devices. The code of a new device is shown in the answer itself.</summary>
public sealed class OrganiserPage(OfficeOrganisers organisers, TimeProvider clock) : StaffPage
{
    private static readonly NextStep Back = new("団体の一覧へ", "/office/organisers");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "団体の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "この団体は")]
    public string? State { get; set; }

    [BindProperty]
    public List<Guid> May { get; set; } = [];

    [BindProperty]
    public Guid Device { get; set; }

    [BindProperty, Display(Name = "端末の呼び名")]
    public string? Label { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Organiser Organiser { get; private set; } = null!;

    public IReadOnlyList<Programme> Programmes { get; private set; } = [];

    public IReadOnlyList<Terminal> Devices { get; private set; } = [];

    public string EnrolAddress => $"{Request.Scheme}://{Request.Host}/terminal/enrol";

    public RegisteredTerminal? Given { get; private set; }

    public IReadOnlyList<SelectListItem> States { get; } = [new("記録できる", "active"), new("外す（記録できない。あとで戻せる）", "ended")];

    public bool MayChange => Work.Require(Role.Officer).Ok;

    public bool MayRegister => Work.Require(Role.TerminalAdmin).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver, Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        Begin();
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        Device = Ids.NewV7(clock);
        var saved = await organisers.Save(Work, Organiser.Id, new OrganiserEntry(Name, State, May), stop);
        return saved.Refused is { } no ? this.Refuse(nameof(Name), no) : this.SeeOther($"/office/organisers/{Id}?saved=1");
    }

    public async Task<IActionResult> OnPostDevice(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var given = await organisers.AddDevice(Work, Organiser.Id, (new TerminalId(Device), Label), stop);
        if (given.Refused is { Code: "id_reused" or "organiser_ended" or "role_forbidden" } never) return await this.Refuse(never, new NextStep("団体の画面へ", $"/office/organisers/{Id}"));
        (Name, State, May) = (Organiser.Name, Registry.Words<OrganiserState>.Of(Organiser.State), [.. Organiser.Programmes.Select(p => p.Value)]);
        if (given.Refused is { } no) return this.Refuse(nameof(Label), no);
        Given = given.Value;
        return Page();
    }

    private void Begin() => (Name, State, May, Device) =
        (Organiser.Name, Registry.Words<OrganiserState>.Of(Organiser.State), [.. Organiser.Programmes.Select(p => p.Value)], Ids.NewV7(clock));

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await organisers.One(Work, new OrganiserId(Id), stop);
        if (found.Refused is { } no) return no;
        (Organiser, Programmes, Devices) = (found.Value, await organisers.Recordable(Work, stop), await organisers.Devices(found.Value, stop));
        return null;
    }
}
