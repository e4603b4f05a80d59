using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Machines;

/// <summary>Asks for a key of an outside party's system; another operator approves it with the other keys.</summary>
public abstract class KeyRequestPage<T>(KeyedThings<T> things, TimeProvider clock) : KeyedFormPage<T>(things) where T : class
{
    public IReadOnlyList<SelectListItem> Lengths { get; } = [new("30日", "30"), new("90日", "90"), new("180日", "180"), new("1年", "365")];

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "システムの名前")]
    public string? Label { get; set; }

    [BindProperty, Display(Name = "つなぐ場所")]
    public string? Networks { get; set; }

    [BindProperty, Display(Name = "使える期間")]
    public string? Days { get; set; }

    /// <summary>The typed networks, one by one.</summary>
    protected string[] EachNetwork => Typed.HalfWidth(Networks).Split([' ', ',', '、'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>0 for what is no number.</summary>
    protected int ValidDays => int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : 0;

    protected override void Begin() => (Id, Days) = (Ids.NewV7(clock), "90");

    protected override string FieldOf(Refusal no) => no.Fact<string>("field") switch { "networks" => nameof(Networks), "validDays" => nameof(Days), _ => nameof(Label) };
}
