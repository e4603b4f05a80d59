using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The fields of a provider, on the page that registers one and on the page that changes one.</summary>
public abstract class ProviderForm : StaffPage
{
    public static IReadOnlyList<SelectListItem> Signs { get; } = [new("数字だけ", "digits"), new("英字と数字", "letters")];

    public static IReadOnlyList<SelectListItem> Linkers { get; } = [new("窓口だけで登録する", "counter"), new("ご本人もマイページで登録できる", "self")];

    [BindProperty, Display(Name = "施設の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "短いけた数")]
    public string? Shortest { get; set; }

    [BindProperty, Display(Name = "長いけた数")]
    public string? Longest { get; set; }

    [BindProperty, Display(Name = "番号に使う字")]
    public string? Letters { get; set; }

    [BindProperty, Display(Name = "登録する人")]
    public string? SelfLink { get; set; }

    [BindProperty, Display(Name = "始める日")]
    public string? From { get; set; }

    [BindProperty, Display(Name = "終わりの日")]
    public string? Until { get; set; }

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    protected ProviderEntry Entry(string? code, string? kind, string? state) =>
        new(code, kind, Name, Number(Shortest), Number(Longest), Letters == "letters", SelfLink == "self", TypedDay.Read(From), TypedDay.Read(Until), state);

    protected void Begin(ServiceProvider? provider)
    {
        (Letters, SelfLink) = (provider?.Numbers.Letters == true ? "letters" : "digits", provider?.SelfLink == true ? "self" : "counter");
        if (provider is null) return;
        (Name, Shortest, Longest) = (provider.Name, $"{provider.Numbers.Shortest}", $"{provider.Numbers.Longest}");
        (From, Until) = (TypedDay.Of(provider.From), TypedDay.Of(provider.Until));
    }

    protected static string FieldOf(Refusal no) => no.Code switch
    {
        "provider_code_taken" => "Code",
        "number_length" => nameof(Longest),
        "out_of_period" => nameof(Until),
        _ => no.Fact<string>("field") switch { "code" => "Code", "kind" => "Kind", _ => nameof(Name) },
    };

    /// <summary>0 for what is no number.</summary>
    private static int Number(string? typed) => int.TryParse(Typed.HalfWidth(typed), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
