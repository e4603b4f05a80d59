using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Operator.Municipalities;

/// <summary>Municipalities with a search; without one, those that issue points.</summary>
public sealed class ListPage(PlatformMunicipalities municipalities, RegistryCache registry, TimeProvider clock) : StaffPage
{
    public const int Shown = 200;

    [BindProperty(SupportsGet = true, Name = "search"), Display(Name = "名前か番号")]
    public string? Search { get; set; }

    public Municipality[] Found { get; private set; } = [];

    public int All { get; private set; }

    public int Members { get; private set; }

    public async Task OnGet()
    {
        Found = (await municipalities.List(Search)).Value;
        var (view, today) = (await registry.View(), clock.Today());
        All = view.Municipalities.Count();
        Members = view.Municipalities.Count(m => m.IsMemberOn(today));
    }

    public static string Word(MunicipalityState state) => state switch
    {
        MunicipalityState.Live => "発行しています",
        MunicipalityState.Closed => "発行を終えました",
        _ => "まだ始めていません",
    };

    public static string Word(ExpiryRule? expiry) => expiry switch
    {
        null => "決まっていません",
        { Months: > 0 } rule => $"{rule.Months}か月",
        { } rule => $"{rule.Days}日",
    };
}
