using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Support;

/// <summary>The support corners of an office.</summary>
public sealed class OfficePlacesPage(SupportPlaces places, TimeProvider clock) : StaffPage
{
    public const string Here = "/office/support";

    public IReadOnlyList<SupportPlace> Places { get; private set; } = [];

    public Guid NewId { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.SupportDesk, Role.TerminalAdmin];

    public async Task OnGet(CancellationToken stop) => (Places, NewId) = (await places.Of(Work.Office.Code, stop), Ids.NewV7(clock));

    public string Now(SupportPlace place) => place.IsOn(clock.Today()) ? place.Hours.Said(clock.Today(), clock.TimeOfDay()) : "載せていません";
}

/// <summary>One of them: added or changed.</summary>
public sealed class OfficePlacePage(SupportPlaces places, OfficeSupport support, TimeProvider clock) : StaffPage
{
    private static readonly NextStep Back = new("支援コーナーの一覧へ", OfficePlacesPage.Here);

    [BindProperty, Display(Name = "名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "どんなところ")]
    public string? Kind { get; set; }

    [BindProperty, Display(Name = "場所")]
    public string? Place { get; set; }

    [BindProperty, Display(Name = "開いている時間")]
    public string? Hours { get; set; }

    [BindProperty]
    public string[] Services { get; set; } = [];

    [BindProperty, Display(Name = "電話")]
    public string? Phone { get; set; }

    [BindProperty, Display(Name = "はじめの日"), DataType(DataType.Date)]
    public string? FromOn { get; set; }

    [BindProperty, Display(Name = "終わりの日"), DataType(DataType.Date)]
    public string? UntilOn { get; set; }

    [BindProperty, Display(Name = "いま")]
    public string? State { get; set; }

    public bool Known { get; private set; }

    public IReadOnlyList<SelectListItem> Kinds { get; } = [.. Enum.GetValues<SupportPlaceKind>().Select(k => new SelectListItem(SupportPlace.Word(k), Words<SupportPlaceKind>.Of(k)))];

    public IReadOnlyList<SelectListItem> States { get; } = [new("相談先に載せる", "open"), new("載せない", "closed")];

    protected override IReadOnlyList<Role> Needed => [Role.SupportDesk, Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var place = (await places.Of(Work.Office.Code, stop)).FirstOrDefault(p => p.Id == id);
        (Known, Kind, State, FromOn) = (place is not null, "office", "open", TypedDay.Of(clock.Today()));
        if (place is not null)
        {
            (Name, Kind, Place, Hours, Phone, State) = (place.Name, Words<SupportPlaceKind>.Of(place.Kind), place.Place, place.Hours.ToString(), place.Phone, Words<SupportPlaceState>.Of(place.State));
            (Services, FromOn, UntilOn) = ([.. place.Services.Select(Words<SupportHelp>.Of)], TypedDay.Of(place.FromOn), TypedDay.Of(place.UntilOn));
        }
        return Page();
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken stop)
    {
        Known = (await places.Of(Work.Office.Code, stop)).Any(p => p.Id == id);
        var from = this.Day(nameof(FromOn), FromOn);
        var until = string.IsNullOrWhiteSpace(UntilOn) ? (DateOnly?)null : this.Day(nameof(UntilOn), UntilOn);
        if (!ModelState.IsValid) return this.Again();
        var saved = await support.Save(Work, new WantedSupportPlace(id, Work.Office.Code, Words<SupportPlaceKind>.Find(Kind ?? "") ?? SupportPlaceKind.Other, Name, Place, Hours,
            [.. Services.Select(Words<SupportHelp>.Find).OfType<SupportHelp>()], Phone, from, until, State == "closed" ? SupportPlaceState.Closed : SupportPlaceState.Open), stop);
        if (saved.Ok) return this.SeeOther(OfficePlacesPage.Here);
        var no = saved.Refused!;
        if (no.Code is "not_found" or "role_forbidden") return await this.Refuse(no, Back);
        return this.Refuse((no.Code, no.Fact<string>("field")) switch
        {
            ("hours_format", _) or (_, "hours") => nameof(Hours),
            ("phone_format", _) => nameof(Phone),
            ("period_format", _) => nameof(UntilOn),
            (_, "place") => nameof(Place),
            (_, "services") => nameof(Services),
            _ => nameof(Name),
        }, no);
    }
}
