using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>What is agreed with a partner from a day on (S2-P12b).</summary>
public sealed class TermsPage(PartnerCache partners, ChangePartner change, TimeProvider clock) : PartnerFormPage(partners)
{
    [BindProperty, Display(Name = "いつから")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "会社のポイント")]
    public string? PartnerPoints { get; set; }

    [BindProperty, Display(Name = "自治体ポイント")]
    public string? MunicipalPoints { get; set; }

    [BindProperty, Display(Name = "いくつから")]
    public string? Minimum { get; set; }

    [BindProperty, Display(Name = "単位")]
    public string? Unit { get; set; }

    [BindProperty, Display(Name = "1回の上限")]
    public string? Most { get; set; }

    [BindProperty, Display(Name = "受付を始める時刻")]
    public string? Opens { get; set; }

    [BindProperty, Display(Name = "受付を終える時刻")]
    public string? Closes { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var wanted = new WantedTerms(Day(nameof(From), From), (int)Number(PartnerPoints), (int)Number(MunicipalPoints), Number(Unit), Number(Minimum),
            string.IsNullOrWhiteSpace(Most) ? null : Number(Most), Minute(Opens), Minute(Closes) is var closes and not 0 ? closes : AcceptanceHours.MinutesOfDay);
        return Save(() => change.Terms(Work, Key!, wanted, stop), then: asked => this.SeeOther(asked.Back(Back)));
    }

    protected override void Begin()
    {
        (From, Opens, Closes) = (TypedDay.Of(clock.Today()), "00:00", "00:00");
        if (Partner.Terms.Count == 0) return;
        var last = Partner.Terms[0];
        (PartnerPoints, MunicipalPoints, Unit, Minimum, Most) = ($"{last.Rate.Partner}", $"{last.Rate.Municipal}", $"{last.Unit}", $"{last.Minimum}", $"{last.Most}");
        (Opens, Closes) = (Time(last.Hours.Opens), Time(last.Hours.Closes % AcceptanceHours.MinutesOfDay));
    }

    protected override string FieldOf(Refusal no) => no.Fact<string>("field") switch
    {
        "rate" => nameof(PartnerPoints),
        "unit" => nameof(Unit),
        "minimum" => nameof(Minimum),
        "most" => nameof(Most),
        "hours" => nameof(Closes),
        _ => nameof(From),
    };

    private static long Number(string? typed) => Points.Read(typed) is { Ok: true } points ? Math.Min(points.Value.Value, int.MaxValue) : 0;

    private static int Minute(string? typed) => TimeOnly.TryParse(typed, CultureInfo.InvariantCulture, out var time) ? time.Hour * 60 + time.Minute : -1;

    private static string Time(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
}
