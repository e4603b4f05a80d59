using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The service providers of the municipality, and the form that registers one.</summary>
public sealed class ProvidersPage(OfficeProviders providers, TimeProvider clock) : ProviderForm
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "記号")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "種類")]
    public string? Kind { get; set; }

    public ServiceProvider[] All { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Kinds { get; private set; } = [];

    public bool IsOpen(ServiceProvider provider) => providers.IsOpen(provider);

    public async Task OnGet()
    {
        Id = Ids.NewV7(clock);
        Begin(null);
        await Show();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show();
        var saved = await providers.Save(Work, new ServiceProviderId(Id), Entry(Code, Kind, null), stop);
        return saved.Refused is { } no ? this.Refuse(FieldOf(no), no) : this.SeeOther($"/office/providers/{Id}?saved=new");
    }

    private async Task Show()
    {
        All = (await providers.List(Work)).Value;
        Kinds = [new("選んでください", ""), .. (await providers.Kinds()).Select(k => new SelectListItem(k.Name, k.Code))];
    }
}
