using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>One provider's number: shown whole when asked for; blocked, shown again, or taken away. The address notice is not the citizen's to set (S0-5014b).</summary>
public sealed class MyLinkPage(FindLinks find, EndLinks end, LinkBlocks blocks, RegistryCache registry) : CitizenPage
{
    private static readonly NextStep Back = new("利用者カードへ", "/my/links");

    [BindProperty(SupportsGet = true, Name = "code")]
    public string Code { get; set; } = "";

    /// <summary><c>number</c>: the whole of it.</summary>
    [BindProperty(SupportsGet = true, Name = "show")]
    public string? Show { get; set; }

    public MyCard Card { get; private set; } = null!;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if ((await registry.View()).FindProvider(Code) is not { } provider || await find.Of(Citizen.Id, provider.Id, stop) is not { } link) return await this.Refuse(Refusal.Of("not_found"), Back);
        Card = new MyCard(provider, link, (await blocks.Of(Citizen.Id, stop)).Contains(provider.Id));
        return Page();
    }

    public async Task<IActionResult> OnPostBlock(bool blocked, CancellationToken stop) =>
        (await blocks.Set(Citizen.Id, Code, blocked, stop)).Refused is { } no ? await this.Refuse(no, Back) : this.SeeOther($"/my/links/{Uri.EscapeDataString(Code)}");

    public async Task<IActionResult> OnPostEnd(CancellationToken stop)
    {
        await end.Run(Citizen.Id, Code, stop);
        return this.SeeOther("/my/links?saved=ended");
    }
}
