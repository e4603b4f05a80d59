using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The citizen links a number himself, where the provider lets him.</summary>
public sealed class MyNewLinkPage(MakeLink make, RegistryCache registry) : CitizenPage
{
    private static readonly NextStep Back = new("利用者カードへ", "/my/links");

    [BindProperty(SupportsGet = true, Name = "code")]
    public string Code { get; set; } = "";

    [BindProperty, Display(Name = "利用者番号")]
    public string? Number { get; set; }

    public ServiceProvider Provider { get; private set; } = null!;

    public async Task<IActionResult> OnGet()
    {
        if ((await registry.View()).FindProvider(Code) is not { } provider) return await this.Refuse(Refusal.Of("not_found"), Back);
        Provider = provider;
        return provider.SelfLink ? Page() : await this.Refuse(Refusal.Of("self_link_closed"), Back);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var made = await make.Run(Citizen.Id, Code, Number, stop);
        if (made.Refused is not { } no) return this.SeeOther("/my/links?saved=linked");
        if (no.Code is not ("number_format" or "number_linked" or "my_number_refused" or "pan_refused")) return await this.Refuse(no, Back);
        Provider = Must.Have((await registry.View()).FindProvider(Code), "a number that was judged has a provider");
        return this.Refuse(nameof(Number), no);
    }
}
