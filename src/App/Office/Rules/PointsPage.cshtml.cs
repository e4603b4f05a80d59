using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Rules;

/// <summary>What a municipality calls its points, how long they are valid (S4-20) and from when on they pay (S4-14).</summary>
public sealed class PointsPage(OfficeRules rules) : StaffPage
{
    [BindProperty, Display(Name = "ポイントの名前")]
    public string? Brand { get; set; }

    [BindProperty, Display(Name = "期限の長さ")]
    public string? Length { get; set; }

    [BindProperty, Display(Name = "期限の単位")]
    public string? Unit { get; set; }

    [BindProperty, Display(Name = "使い始める日")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<SelectListItem> Units { get; } = [new("か月", "months"), new("日", "days")];

    protected override IReadOnlyList<Role> Needed => [Role.StaffAdmin];

    public void OnGet()
    {
        (Brand, From) = (Work.Office.Brand, TypedDay.Of(Work.Office.UseFrom));
        (Length, Unit) = Work.Office.Expiry switch { null => (null, "months"), { Months: > 0 } e => ($"{e.Months}", "months"), { } e => ($"{e.Days}", "days") };
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        int? length = string.IsNullOrWhiteSpace(Length) ? null : int.TryParse(Typed.HalfWidth(Length), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        var changed = await rules.Change(Work, Brand, Unit == "days" ? length : null, Unit == "days" ? null : length, stop);
        if (changed.Ok) return this.SeeOther("/office/points?saved=1");
        var no = changed.Refused!;
        From = TypedDay.Of(Work.Office.UseFrom);
        return this.Refuse(no.Code == "out_of_period" || no.Facts.Any(f => Equals(f.Value, "expiry")) ? nameof(Length) : nameof(Brand), no);
    }

    public async Task<IActionResult> OnPostFrom(CancellationToken stop)
    {
        var typed = From;
        var day = TypedDay.Read(typed);
        if (day is not null || string.IsNullOrWhiteSpace(typed))
        {
            var set = await rules.UseFrom(Work, day, stop);
            return set.Refused is { } refused ? this.Refuse(nameof(From), refused) : this.SeeOther("/office/points?saved=1");
        }
        OnGet();
        From = typed;
        return this.Refuse(nameof(From), Refusal.Of("number_format"));
    }
}
