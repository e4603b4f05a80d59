using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.OnlineSites;
using MyKey.App.Proposals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.SiteEvents;

/// <summary>Where a site hears what it did not do itself; the new secret is shown in the answer, once.</summary>
public sealed class HookPage(OnlineSiteCache sites, SetHook set) : OnlineSiteFormPage(sites)
{
    [BindProperty, Display(Name = "知らせを受け取るアドレス")]
    public string? Address { get; set; }

    public OnceShown? Given { get; private set; }

    public Task<IActionResult> OnPost(CancellationToken stop) => Save(() => set.Run(Work, Key!, new WantedHook(Address ?? ""), stop), then: asked =>
    {
        Given = asked.Thing;
        return Given is null ? this.SeeOther(asked.Back(Back)) : Page();
    });

    protected override void Begin() => Address = Site.Hook?.Url.OriginalString;

    protected override string FieldOf(Refusal no) => nameof(Address);
}
