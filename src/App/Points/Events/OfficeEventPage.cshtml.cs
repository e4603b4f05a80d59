using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Events;

/// <summary>One event: its draft until it is published, then what was promised; and the shops that take its points. An id that nobody knows begins one.</summary>
public sealed class OfficeEventPage(OfficeEvents events, TimeProvider clock) : StaffPage
{
    private static readonly NextStep List = new("イベントの一覧へ", "/office/events");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "イベントの名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "開く団体")]
    public string? Organiser { get; set; }

    [BindProperty, Display(Name = "始まる日")]
    public string? FirstDay { get; set; }

    [BindProperty, Display(Name = "終わる日")]
    public string? LastDay { get; set; }

    [BindProperty, Display(Name = "始まる前に使える日数")]
    public string? Lead { get; set; }

    [BindProperty, Display(Name = "終わったあとに使える日数")]
    public string? Tail { get; set; }

    [BindProperty, Display(Name = "使わなかったポイント")]
    public string? Rule { get; set; }

    /// <summary>What was just done.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    /// <summary>Null while it is being begun.</summary>
    public SupportEvent? Event { get; private set; }

    public bool Draft => Event is not { State: not EventState.Draft };

    /// <summary>Published and not over.</summary>
    public bool MayCallOff => Event?.TakesOn(clock.Today()) is null && !Draft;

    public IReadOnlyList<(Acceptor Shop, bool Takes)> Shops { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Rules => [new($"{Work.Office.PointName}になる", "keep"), new("なくなる", "lapse")];

    /// <summary>What is missing before it can be published, in words (H-D1, H-D2).</summary>
    public IReadOnlyList<string> Missing => Event is null ? [] :
    [
        .. Event.Organiser is null ? ["開く団体"] : Array.Empty<string>(), .. Event.Rule is null ? ["使わなかったポイントの決まり"] : Array.Empty<string>(),
        .. Shops.Any(s => s.Takes) ? Array.Empty<string>() : ["使えるお店"],
    ];

    protected override IReadOnlyList<Role> Needed => [Role.Officer];

    public async Task OnGet()
    {
        await Show();
        if (Event is not { } e) return;
        (Name, Organiser, Rule) = (e.Name, e.Organiser, e.Rule is { } rule ? Words<LeftOver>.Of(rule) : null);
        (FirstDay, LastDay) = (TypedDay.Of(e.FirstDay), TypedDay.Of(e.LastDay));
        (Lead, Tail) = (e.LeadDays.ToString(CultureInfo.InvariantCulture), e.TailDays.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show();
        if (string.IsNullOrWhiteSpace(Name)) this.Note(nameof(Name), Refusal.Of("field_required", ("field", nameof(Name))));
        var (first, last) = (this.Day(nameof(FirstDay), FirstDay), this.Day(nameof(LastDay), LastDay));
        var (lead, tail) = (Days(nameof(Lead), Lead), Days(nameof(Tail), Tail));
        if (!ModelState.IsValid) return this.Again();
        var saved = await events.Save(Work, new EventEntry(new SupportEventId(Id), Name, Organiser, first, last, lead, tail, Rule), stop);
        if (saved.Ok) return this.SeeOther($"/office/events/{Id}?saved=draft");
        var no = saved.Refused!;
        if (no.Code is "not_found" or "event_published") return await No(no, List);
        return this.Refuse(no.Code == "out_of_period" ? nameof(LastDay) : no.Fact<string>("field") == "organiser" ? nameof(Organiser) : nameof(Name), no);
    }

    public async Task<IActionResult> OnPostShop(Guid shop, bool takes, CancellationToken stop)
    {
        var done = await events.SetAcceptor(Work, new SupportEventId(Id), new AcceptorId(shop), takes, stop);
        return done.Refused is { } no ? await No(no, Back()) : this.SeeOther($"/office/events/{Id}?saved=shop#shops");
    }

    public async Task<IActionResult> OnPostPublish(CancellationToken stop)
    {
        var done = await events.Publish(Work, new SupportEventId(Id), stop);
        return done.Refused is { } no ? await No(no, Back()) : this.SeeOther($"/office/events/{Id}?saved=published");
    }

    public async Task<IActionResult> OnPostCallOff(CancellationToken stop)
    {
        var done = await events.CallOff(Work, new SupportEventId(Id), stop);
        return done.Refused is { } no ? await No(no, Back()) : this.SeeOther($"/office/events/{Id}?saved=off");
    }

    private async Task Show()
    {
        Event = await events.Find(Work, new SupportEventId(Id)) is { Ok: true } found ? found.Value : null;
        if (Event is not null) Shops = await events.Shops(Event);
    }

    private NextStep Back() => new("イベントに戻る", $"/office/events/{Id}");

    private int? Days(string field, string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return 0;
        if (int.TryParse(Typed.HalfWidth(typed), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= SaveEvent.MostDays) return days;
        this.Note(field, Refusal.Of("number_format"));
        return null;
    }
}
