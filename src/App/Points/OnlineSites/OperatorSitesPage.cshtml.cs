using Microsoft.AspNetCore.Mvc;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>All sites, as the operators keep them.</summary>
public sealed class OperatorSitesPage(OnlineSiteCache sites, TimeProvider clock) : StaffPage
{
    public IReadOnlyList<OnlineSite> Sites { get; private set; } = [];

    public DateOnly Today { get; private set; }

    public async Task OnGet() => (Sites, Today) = ((await sites.View()).All, clock.Today());
}

/// <summary>One site: its days, addresses, municipalities and keys.</summary>
public sealed class OperatorSitePage(OnlineSiteCache sites, RegistryCache registry) : StaffPage
{
    private RegistryView? towns;

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public OnlineSite Site { get; private set; } = null!;

    public async Task<IActionResult> OnGet()
    {
        if ((await sites.View()).Find(Key) is not { } site) return await this.Refuse(Refusal.Of("not_found"), OnlineSiteFormPage.ToList);
        (Site, towns) = (site, await registry.View());
        return Page();
    }

    public string TownOf(MunicipalityCode code) => towns!.Find(code)?.Name ?? code.Value;
}

/// <summary>A form about one site; value hangs on it, so the one-time password is asked again.</summary>
public abstract class OnlineSiteFormPage(OnlineSiteCache sites) : StaffPage
{
    public static readonly NextStep ToList = new("ネットのサイトの一覧へ", "/operator/online-sites");

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    public OnlineSite Site { get; private set; } = null!;

    public string Back => $"/operator/online-sites/{Site.Key}";

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet()
    {
        if (await Load() is { } no) return await this.Refuse(no, ToList);
        await Begin();
        return Page();
    }

    /// <summary>What the empty form begins with.</summary>
    protected virtual Task Begin() => Task.CompletedTask;

    /// <summary>What the form needs each time it is shown.</summary>
    protected virtual Task Prepare() => Task.CompletedTask;

    /// <summary>The field at which a refusal is told.</summary>
    protected abstract string FieldOf(Refusal no);

    protected async Task<IActionResult> Save<T>(Func<Task<Result<T>>> change, string saved = "1", Func<T, IActionResult>? then = null)
    {
        if (await Load() is { } gone) return await this.Refuse(gone, ToList);
        if (!ModelState.IsValid) return this.Again();
        var done = await change();
        if (done.Ok) return then?.Invoke(done.Value) ?? this.SeeOther($"{Back}?saved={saved}");
        var no = done.Refused!;
        return no.Code is "confirm_required" or "id_reused" or "key_limit" ? await No(no, new NextStep("サイトに戻る", Back)) : this.Refuse(FieldOf(no), no);
    }

    /// <summary>A day that has to be there; an empty one is told at its field.</summary>
    protected DateOnly Day(string field, string? typed)
    {
        var day = TypedDay.Read(typed);
        if (day is null && ModelState.IsValid) this.Note(field, Refusal.Of("field_required", ("field", field)));
        return day ?? default;
    }

    private async Task<Refusal?> Load()
    {
        if ((await sites.View()).Find(Key) is not { } site) return Refusal.Of("not_found");
        Site = site;
        await Prepare();
        return null;
    }
}
