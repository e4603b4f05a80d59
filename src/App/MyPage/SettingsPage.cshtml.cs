using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Settings;

namespace MyKey.App.MyPage;

/// <summary>What a citizen decides: base municipality, password, payment by a tapped card. It holds at once (S0-5018).</summary>
public sealed class SettingsPageModel(ChangeSettings change, SetPassword setPassword, RegistryCache registry, Settings settings, CardOptions cards, MailOptions mail, TimeProvider clock) : CitizenPage
{
    private const string Here = "/my/settings";

    [BindProperty, Display(Name = "基本の自治体")]
    public string? Town { get; set; }

    [BindProperty, Display(Name = "いまのパスワード")]
    public string? OldPassword { get; set; }

    [BindProperty, Display(Name = "新しいパスワード")]
    public string? NewPassword { get; set; }

    /// <summary><c>off</c> or <c>on</c>.</summary>
    [BindProperty]
    public string? Tap { get; set; }

    /// <summary>What was just saved.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    /// <summary>In a card session the old password is not asked for: whoever forgot it is helped (S0-5005b).</summary>
    public bool AsksOldPassword => !Session.RequireCard().Ok;

    /// <summary>Where somebody who forgot the old password proves himself with the card instead.</summary>
    public string? StepUp => cards.On && AsksOldPassword ? CardEndpoints.AskPath(Purpose.StepUp, Here) : null;

    /// <summary>Mails can be sent.</summary>
    public bool MailWorks => mail.On;

    /// <summary>Somewhere a card is taken without a PIN, so to refuse it means something.</summary>
    public bool TapMatters { get; private set; }

    public Task OnGet() => Show();

    public async Task<IActionResult> OnPostBase(CancellationToken stop)
    {
        var town = Towns.Chosen(await registry.View(), Town);
        if (town.Refused is { } no) return await Wrong(nameof(Town), no);
        var set = await change.SetBaseMunicipality(Session, town.Value.Code, stop);
        return set.Refused is { } refused ? await this.Refuse(refused) : Done("base");
    }

    public async Task<IActionResult> OnPostPassword(CancellationToken stop)
    {
        var typed = new NewPassword(NewPassword, OldPassword, ClientNetwork.Of(HttpContext.Connection.RemoteIpAddress), ShellCookie.Device.Read(HttpContext));
        var set = await setPassword.Set(Session, typed, stop);
        return set.Refused switch
        {
            null => Done("password"),
            { Code: "password_weak" or "too_large" } weak => await Wrong(nameof(NewPassword), weak),
            { Code: "login_failed" } wrong => await OldIsWrong(wrong),
            { } no => await this.Refuse(no, new NextStep("設定に戻る", Here)),
        };
    }

    public async Task<IActionResult> OnPostTap(CancellationToken stop)
    {
        if (Tap is not ("off" or "on")) return await this.Refuse(Refusal.Of("field_required"));
        var set = await change.SwitchTap(Session, off: Tap == "off", stop);
        return set.Refused is { } refused ? await this.Refuse(refused) : Done("tap");
    }

    private IActionResult Done(string what) => this.SeeOther($"{Here}?saved={what}");

    private async Task<IActionResult> Wrong(string field, Refusal no)
    {
        await Show();
        return this.Refuse(field, no);
    }

    /// <summary>The code is that of the login, but here only one of the two can be wrong.</summary>
    private async Task<IActionResult> OldIsWrong(Refusal no)
    {
        await Show();
        HttpContext.Note(no);
        ModelState.AddModelError(nameof(OldPassword), "いまのパスワードがちがいます。たしかめて、もう一度入れてください");
        return this.Again();
    }

    private async Task Show()
    {
        var view = await registry.View();
        Town ??= Citizen.BaseMunicipality?.Value;
        Choices = Towns.Choices(view);
        var rules = await settings.View();
        var now = clock.NowMs();
        TapMatters = Citizen.TapOff || view.Live().Any(m => rules.On("spend.tap", new SettingScope(Issuer: m.Code), now));
    }
}
