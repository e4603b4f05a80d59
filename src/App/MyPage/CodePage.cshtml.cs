using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;

namespace MyKey.App.MyPage;

/// <summary>お店で使う番号: six digits for the shops of one municipality, five minutes, one use.</summary>
public sealed class CodePageModel(IssueOneTimeCode issue, RegistryCache registry, TimeProvider clock) : CitizenPage
{
    private const string Kept = "one-time-code";

    [BindProperty, Display(Name = "お店のある自治体")]
    public string? Town { get; set; }

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    /// <summary>The number that is valid now, if one was made in this browser.</summary>
    public OneTimeCode? Code { get; private set; }

    public string TownName { get; private set; } = "";

    public string Until => Jst.At(Code!.ExpiresMs) is var then ? $"{then.Hour}時{then.Minute:00}分" : "";

    public async Task<IActionResult> OnGet()
    {
        if (Citizen.RequireBase().Refused is { } no) return await NoBase(no);
        var view = await registry.View();
        Code = Recall();
        TownName = Code is { } code ? view.Find(code.Municipality)?.FullName ?? "" : "";
        Show(view);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (Citizen.RequireBase().Refused is { } no) return await NoBase(no);
        var view = await registry.View();
        var town = Towns.Chosen(view, Town);
        if (town.Refused is { } unknown)
        {
            Show(view);
            return this.Refuse(nameof(Town), unknown);
        }
        var made = await issue.Issue(Session, town.Value.Code, stop);
        if (made.Refused is { } refused) return await this.Refuse(refused);
        Keep(made.Value);
        return this.SeeOther("/my/code");
    }

    private Task<IActionResult> NoBase(Refusal no) => this.Refuse(no, new NextStep("基本の自治体を選ぶ", "/my/settings#base"));

    private void Show(RegistryView view)
    {
        Town ??= Citizen.BaseMunicipality?.Value;
        Choices = Towns.Choices(view);
    }

    // The server keeps a hash only. The browser carries the number, encrypted, so that the page can be reloaded.
    private void Keep(OneTimeCode code) =>
        TempData[Kept] = string.Join(' ', Citizen.Id.Value, code.Code, code.Municipality.Value, code.ExpiresMs.ToString(CultureInfo.InvariantCulture));

    private OneTimeCode? Recall()
    {
        if ((TempData.Peek(Kept) as string)?.Split(' ') is not [var citizen, var code, var town, var expires] || citizen != Citizen.Id.Value.ToString()) return null;
        var found = new OneTimeCode(code, MunicipalityCode.Trusted(town), long.Parse(expires, CultureInfo.InvariantCulture));
        if (found.ExpiresMs > clock.NowMs()) return found;
        TempData.Remove(Kept);
        return null;
    }
}
