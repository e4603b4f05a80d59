using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>One provider: its devices, and what holds for it. The code of a new device is shown in the answer itself.</summary>
public sealed class ProviderPage(OfficeProviders providers, LendingWays ways, TimeProvider clock) : ProviderForm
{
    private static readonly NextStep Back = new("施設の一覧へ", "/office/providers");

    private Dictionary<TerminalId, LendingWay> wayOf = [];

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "この施設は")]
    public string? State { get; set; }

    [BindProperty]
    public Guid Device { get; set; }

    [BindProperty, Display(Name = "端末の置き場所")]
    public string? Label { get; set; }

    [BindProperty, Display(Name = "端末の役わり")]
    public string? Profile { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public ServiceProvider Provider { get; private set; } = null!;

    public IReadOnlyList<Terminal> Devices { get; private set; } = [];

    public RegisteredTerminal? Given { get; private set; }

    public string EnrolAddress => $"{Request.Scheme}://{Request.Host}/terminal/enrol";

    public IReadOnlyList<SelectListItem> Profiles { get; } = [new("窓口（職員がいる）", "library_counter"), new("自動貸出機（職員がいない）", "self_lending")];

    public IReadOnlyList<SelectListItem> States { get; } = [new("使える", "active"), new("外す（端末で番号が出ない。あとで戻せる）", "ended")];

    public string RoleOf(Terminal device) => device.Profiles.Contains(TerminalProfile.SelfLending) ? $"自動貸出機（{LendingWays.Word(wayOf[device.Id])}）" : "窓口";

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        BeginAgain();
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        (Device, Profile) = (Ids.NewV7(clock), Profiles[0].Value);
        var saved = await providers.Save(Work, Provider.Id, Entry(null, null, State), stop);
        return saved.Refused is { } no ? this.Refuse(FieldOf(no), no) : this.SeeOther($"/office/providers/{Id}?saved=1");
    }

    public async Task<IActionResult> OnPostDevice(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var given = await providers.AddDevice(Work, Provider.Id, (new TerminalId(Device), Label, Profile), stop);
        if (given.Refused is { Code: "id_reused" or "provider_ended" } never) return await this.Refuse(never, new NextStep("施設の画面へ", $"/office/providers/{Id}"));
        Begin(Provider);
        State = Registry.Words<ProviderState>.Of(Provider.State);
        if (given.Refused is { } no) return this.Refuse(no.Code == "field_unknown" ? nameof(Profile) : nameof(Label), no);
        Given = given.Value;
        return Page();
    }

    private void BeginAgain()
    {
        Begin(Provider);
        (State, Device, Profile) = (Registry.Words<ProviderState>.Of(Provider.State), Ids.NewV7(clock), Profiles[0].Value);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await providers.One(Work, new ServiceProviderId(Id));
        if (found.Refused is { } no) return no;
        (Provider, Devices) = (found.Value, await providers.Devices(found.Value, stop));
        wayOf = [];
        foreach (var device in Devices) wayOf[device.Id] = await ways.Of(device);
        return null;
    }
}
