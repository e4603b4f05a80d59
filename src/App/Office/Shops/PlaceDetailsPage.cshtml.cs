using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>What everybody reads of a shop, a library or another provider (S0-1008).</summary>
public sealed class PlaceDetailsPage(OfficePlaces details) : StaffPage
{
    private static readonly NextStep Back = new("お店と端末へ", "/office/shops");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "読み方")]
    public string? Kana { get; set; }

    [BindProperty, Display(Name = "前の名前")]
    public string? OldNames { get; set; }

    [BindProperty, Display(Name = "住所")]
    public string? Address { get; set; }

    [BindProperty, Display(Name = "行き方")]
    public string? Access { get; set; }

    [BindProperty, Display(Name = "開いている時間")]
    public string? Hours { get; set; }

    [BindProperty, Display(Name = "電話")]
    public string? Phone { get; set; }

    [BindProperty, Display(Name = "ウェブサイト")]
    public string? Web { get; set; }

    [BindProperty]
    public string[] Ways { get; set; } = [];

    [BindProperty, Display(Name = "はじめの日"), DataType(DataType.Date)]
    public string? From { get; set; }

    [BindProperty, Display(Name = "自治体の一覧での番号")]
    public string? OwnNo { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public string Path => $"/office/{(Place.Source == PlaceSource.Provider ? "providers" : "shops")}/{Id}";

    public Place Place { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        var d = Place.Details;
        (Kana, OldNames, Address, Access, Hours, Phone, Web) = (d.Kana, d.OldNames, d.Address, d.Access, d.Hours, d.Phone, d.Web);
        (Ways, From, OwnNo) = ([.. d.TakenBy.Select(Words<TakingWay>.Of)], TypedDay.Of(d.From), Place.OwnNo);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var from = string.IsNullOrWhiteSpace(From) ? (DateOnly?)null : this.Day(nameof(From), From);
        if (!ModelState.IsValid) return this.Again();
        var saved = await details.Save(Work, Id, (new PlaceEntry(Kana, OldNames, Address, Access, Hours, Phone, Web, Ways, from), OwnNo), stop);
        if (saved.Ok) return this.SeeOther($"/office/places/{Id}/details?saved=1");
        var no = saved.Refused!;
        return this.Refuse((no.Code, no.Fact<string>("field")) switch
        {
            ("hours_format", _) => nameof(Hours),
            (_, "kana") => nameof(Kana),
            (_, "oldNames") => nameof(OldNames),
            (_, "access") => nameof(Access),
            (_, "phone") => nameof(Phone),
            (_, "web") => nameof(Web),
            (_, "ways") => nameof(Ways),
            (_, "ownNo") => nameof(OwnNo),
            _ => nameof(Address),
        }, no);
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var place = await details.Get(Work, Id, stop);
        if (place.Ok) Place = place.Value;
        return place.Refused;
    }
}
