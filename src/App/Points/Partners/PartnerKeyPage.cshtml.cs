using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>Asks for a key of a partner's system; another operator approves it with the other keys.</summary>
public sealed class PartnerKeyPage(PartnerCache partners, PartnerKeys keys, TimeProvider clock) : PartnerFormPage(partners)
{
    public static IReadOnlyList<SelectListItem> Lengths { get; } = [new("30日", "30"), new("90日", "90"), new("180日", "180"), new("1年", "365")];

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "システムの名前")]
    public string? Label { get; set; }

    [BindProperty, Display(Name = "つなぐ場所")]
    public string? Networks { get; set; }

    [BindProperty, Display(Name = "使える期間")]
    public string? Days { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var networks = Typed.HalfWidth(Networks).Split([' ', ',', '、'], StringSplitOptions.RemoveEmptyEntries);
        var days = int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : 0;
        return Save(() => keys.Ask(Work, Key!, new WantedPartnerKey(Id, Label ?? "", networks, days), stop), "key");
    }

    protected override void Begin() => (Id, Days) = (Ids.NewV7(clock), "90");

    protected override string FieldOf(Refusal no) => no.Fact<string>("field") switch { "networks" => nameof(Networks), "validDays" => nameof(Days), _ => nameof(Label) };
}
