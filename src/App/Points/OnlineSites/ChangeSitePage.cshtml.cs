using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.OnlineSites;

/// <summary>The fields of a site's registration.</summary>
public sealed class SiteFields
{
    public static IReadOnlyList<SelectListItem> Kinds { get; } = [.. Enum.GetValues<OnlineSiteKind>().Select(k => new SelectListItem(OnlineWords.Of(k), Words<OnlineSiteKind>.Of(k)))];

    [Display(Name = "サイトの名前")]
    public string? Name { get; set; }

    [Display(Name = "種類")]
    public string? Kind { get; set; }

    [Display(Name = "サイトのアドレス")]
    public string? Home { get; set; }

    [Display(Name = "紹介の文")]
    public string? About { get; set; }

    [Display(Name = "一覧に出る日")]
    public string? From { get; set; }

    [Display(Name = "終わりの日")]
    public string? Until { get; set; }

    public static SiteFields Of(OnlineSite s) => new() { Name = s.Name, Kind = Words<OnlineSiteKind>.Of(s.Kind), Home = s.Home, About = s.About, From = TypedDay.Of(s.From), Until = TypedDay.Of(s.Until) };

    /// <param name="from">When no day was typed.</param>
    public WantedOnlineSite Wanted(DateOnly from) => new(Name ?? "", Kind ?? "", Home ?? "", About ?? "", TypedDay.Read(From) ?? from, TypedDay.Read(Until));

    public static string FieldOf(Refusal no) => no.Fact<string>("field") switch
    {
        "kind" => nameof(Kind),
        "home" => nameof(Home),
        "about" => nameof(About),
        _ => no.Code == "out_of_period" ? nameof(Until) : nameof(Name),
    };
}

/// <summary>Another name, address, sentence or last day of a site.</summary>
public sealed class ChangeSitePage(OnlineSiteCache sites, ChangeOnlineSite change) : OnlineSiteFormPage(sites)
{
    [BindProperty]
    public SiteFields Fields { get; set; } = new();

    public Task<IActionResult> OnPost(CancellationToken stop) =>
        Save(() => change.Run(Work, Key!, Fields.Wanted(Site.From) with { Kind = Words<OnlineSiteKind>.Of(Site.Kind) }, stop));

    protected override void Begin() => Fields = SiteFields.Of(Site);

    protected override string FieldOf(Refusal no) => $"{nameof(Fields)}.{SiteFields.FieldOf(no)}";
}

/// <summary>A new site.</summary>
public sealed class NewSitePage(ChangeOnlineSite change, OnlineSiteCache sites, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "番号")]
    public string? Key { get; set; }

    [BindProperty]
    public SiteFields Fields { get; set; } = new();

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public void OnGet() => Fields.From = TypedDay.Of(clock.Today());

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var key = Typed.HalfWidth(Key);
        var wanted = Fields.Wanted(clock.Today());
        // A key that is there belongs to another site, unless it is the same form sent twice.
        if ((await sites.View()).Find(key) is { } known && (known.Name != wanted.Name.Trim() || known.From != wanted.From)) return this.Refuse(nameof(Key), Refusal.Of("id_reused"));
        var done = await change.Run(Work, key, wanted, stop);
        if (done.Ok) return this.SeeOther($"/operator/online-sites/{key}");
        var no = done.Refused!;
        return no.Code == "confirm_required" ? await No(no) : this.Refuse(no.Fact<string>("field") == "key" ? nameof(Key) : $"{nameof(Fields)}.{SiteFields.FieldOf(no)}", no);
    }
}
