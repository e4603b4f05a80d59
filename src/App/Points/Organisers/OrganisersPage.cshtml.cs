using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Organisers;

/// <summary>The organisers of the municipality, and the form that enters one.</summary>
public sealed class OrganisersPage(OfficeOrganisers organisers, TimeProvider clock) : StaffPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "団体の名前")]
    public string? Name { get; set; }

    [BindProperty]
    public List<Guid> May { get; set; } = [];

    public IReadOnlyList<Organiser> All { get; private set; } = [];

    public IReadOnlyList<Programme> Programmes { get; private set; } = [];

    public bool MayChange => Work.Require(Role.Officer).Ok;

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver, Role.TerminalAdmin];

    public string NameOf(ProgrammeId id) => Programmes.FirstOrDefault(p => p.Id == id)?.Name ?? "終わった施策";

    public async Task OnGet(CancellationToken stop)
    {
        Id = Ids.NewV7(clock);
        await Show(stop);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var saved = await organisers.Save(Work, new OrganiserId(Id), new OrganiserEntry(Name, null, May), stop);
        return saved.Refused is { } no ? this.Refuse(nameof(Name), no) : this.SeeOther($"/office/organisers/{Id}?saved=new");
    }

    private async Task Show(CancellationToken stop) => (All, Programmes) = ((await organisers.List(Work, stop)).Value, await organisers.Recordable(Work, stop));
}
