using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The kinds of service provider; one more needs no new program (S2-P3a).</summary>
public sealed class ProviderKindsPage(OfficeProviders providers) : StaffPage
{
    [BindProperty, Display(Name = "記号")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "読みと、ほかの言い方")]
    public string? OtherWords { get; set; }

    public IReadOnlyList<ProviderKind> All { get; private set; } = [];

    public async Task OnGet() => All = await providers.Kinds();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        All = await providers.Kinds();
        var saved = await providers.SaveKind(Work, Typed.HalfWidth(Code), Name, OtherWords, stop);
        if (saved.Refused is not { } no) return this.SeeOther("/operator/provider-kinds");
        return this.Refuse(no.Fact<string>("field") switch { "code" => nameof(Code), "words" => nameof(OtherWords), _ => nameof(Name) }, no);
    }
}
