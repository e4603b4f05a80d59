using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Navi.Portal;

/// <summary>What the operators write for the portal: announcements, recommended points, texts.</summary>
public sealed class OperatorPortalPage(PortalCache portal, RegistryCache registry, TimeProvider clock) : StaffPage
{
    public const string Here = "/operator/portal";

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public PortalView Portal { get; private set; } = null!;

    public RegistryView Registry { get; private set; } = null!;

    public Guid NewId { get; private set; }

    public long NowMs { get; } = clock.NowMs();

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet() => (Portal, Registry, NewId) = (await portal.View(), await registry.View(), Ids.NewV7(clock));

    public static (string Css, string Word) Now(Announcement a, long nowMs) => a.State == AnnouncementState.Hidden ? ("", "出さない") : a.IsOn(nowMs) ? ("ok", "出ています") : a.FromMs > nowMs ? ("wait", "これから出ます") : ("", "終わりました");
}

/// <summary>One announcement: added or changed.</summary>
public sealed class OperatorAnnouncementPage(PortalCache portal, SaveAnnouncement save, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "見出し")]
    public string? Heading { get; set; }

    [BindProperty, Display(Name = "文章")]
    public string? Text { get; set; }

    [BindProperty, Display(Name = "出しはじめる日時")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "出し終わる日時")]
    public string? Until { get; set; }

    [BindProperty, Display(Name = "ならび順")]
    public string? Place { get; set; }

    [BindProperty, Display(Name = "いま")]
    public string? State { get; set; }

    public bool Known { get; private set; }

    public IReadOnlyList<SelectListItem> States { get; } = [new("出す", "shown"), new("出さない", "hidden")];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(Guid id)
    {
        var known = await Find(id);
        (From, Place, State) = (PortalEntry.Written(clock.NowMs()), "50", "shown");
        if (known is null) return;
        (Heading, Text, From, Until) = (known.Title, known.Body, PortalEntry.Written(known.FromMs), known.UntilMs is { } until ? PortalEntry.Written(until) : null);
        (Place, State) = (known.Place.ToString(System.Globalization.CultureInfo.InvariantCulture), Words<AnnouncementState>.Of(known.State));
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        await Find(id);
        var saved = await save.Run(Work, new WantedAnnouncement(id, Heading, Text, From, Until, Place, State == "hidden" ? AnnouncementState.Hidden : AnnouncementState.Shown), stop);
        if (saved.Ok) return this.SeeOther($"{OperatorPortalPage.Here}?saved=1");
        var no = saved.Refused!;
        return this.Refuse((no.Code, no.Fact<string>("field")) switch
        {
            ("period_format", _) or (_, "until") => nameof(Until),
            (_, "from") => nameof(From),
            (_, "place") => nameof(Place),
            (_, "title") => nameof(Heading),
            _ => nameof(Text),
        }, no);
    }

    private async Task<Announcement?> Find(Guid id)
    {
        var found = (await portal.View()).Announcements.FirstOrDefault(a => a.Id == id);
        Known = found is not null;
        return found;
    }
}

/// <summary>Recommended points: one is added or changed, or taken away.</summary>
public sealed class OperatorFeaturedPage(PortalCache portal, RegistryCache registry, ChooseFeatured choose) : StaffPage
{
    [BindProperty, Display(Name = "自治体")]
    public string? Municipality { get; set; }

    [BindProperty, Display(Name = "紹介の言葉")]
    public string? Introduction { get; set; }

    [BindProperty, Display(Name = "ならび順")]
    public string? Place { get; set; }

    /// <summary>The one that is changed.</summary>
    [BindProperty(SupportsGet = true, Name = "of")]
    public string? Of { get; set; }

    public IReadOnlyList<SelectListItem> Municipalities { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet()
    {
        await Show();
        (Municipality, Place) = (Of, "50");
        if ((await portal.View()).Featured.FirstOrDefault(f => f.Municipality.Value == Of) is not { } known) return;
        (Introduction, Place) = (known.Words, known.Place.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show();
        var set = await choose.Set(Work, Municipality, Introduction, Place, stop);
        if (set.Ok) return this.SeeOther($"{OperatorPortalPage.Here}?saved=1");
        var no = set.Refused!;
        return this.Refuse((no.Code, no.Fact<string>("field")) switch
        {
            ("municipality_unknown", _) or (_, "municipality") => nameof(Municipality),
            (_, "place") => nameof(Place),
            _ => nameof(Introduction),
        }, no);
    }

    public async Task<IActionResult> OnPostRemove(string? municipality, CancellationToken stop)
    {
        var removed = await choose.Remove(Work, municipality ?? "", stop);
        return removed.Refused is { } no ? await No(no, new NextStep("ポータルへ", OperatorPortalPage.Here)) : this.SeeOther($"{OperatorPortalPage.Here}?saved=1");
    }

    private async Task Show() => Municipalities = [new("選んでください", ""), .. (await registry.View()).Municipalities.Where(m => m.Issues).OrderBy(m => m.Code).Select(m => new SelectListItem($"{m.FullName}　{m.PointName}", m.Code.Value))];
}

/// <summary>A text of the portal: what holds, what held, and what is to hold.</summary>
public sealed class OperatorTextPage(PortalCache portal, WritePortalText write, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "文章")]
    public string? Text { get; set; }

    [BindProperty, Display(Name = "使いはじめる日時")]
    public string? From { get; set; }

    public PortalTextKind Kind { get; private set; } = null!;

    public string Now { get; private set; } = "";

    public IReadOnlyList<DatedText> Written { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task<IActionResult> OnGet(string key)
    {
        if (!await Find(key)) return await No(Refusal.Of("not_found"), new NextStep("ポータルへ", OperatorPortalPage.Here));
        (Text, From) = (Now, PortalEntry.Written(clock.NowMs()));
        return Page();
    }

    public async Task<IActionResult> OnPost(string key, CancellationToken stop)
    {
        if (!await Find(key)) return await No(Refusal.Of("not_found"), new NextStep("ポータルへ", OperatorPortalPage.Here));
        var written = await write.Run(Work, key, Text, From, stop);
        if (written.Ok) return this.SeeOther($"{OperatorPortalPage.Here}?saved=1");
        return this.Refuse(written.Refused!.Fact<string>("field") == "from" ? nameof(From) : nameof(Text), written.Refused);
    }

    private async Task<bool> Find(string key)
    {
        if (PortalTextKind.Find(key) is not { } kind) return false;
        var view = await portal.View();
        (Kind, Now, Written) = (kind, view.Text(key, clock.NowMs()), [.. view.Written(key)]);
        return true;
    }
}
