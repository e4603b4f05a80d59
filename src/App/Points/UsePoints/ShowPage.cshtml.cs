using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.UsePoints;

/// <summary>Screen 1 of a payment: the citizen shows himself, here by MyKey ID and the number for shops (S4-06b, K-02).</summary>
public sealed class ShowPage(UseOneTimeCode use, Settings settings, TimeProvider clock) : TerminalPage
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "お店で使う番号")]
    public string? Code { get; set; }

    /// <summary>The terminal was enrolled just now.</summary>
    public bool Ready { get; private set; }

    public void OnGet(int? ready)
    {
        Ready = ready is not null;
        ShellCookie.Shown.Clear(HttpContext);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var scope = new SettingScope(Place: Terminal.Municipality, Terminal: Terminal.Id);
        if (!(await settings.View()).On("spend.code", scope, clock.NowMs())) return await this.Refuse(Refusal.Of("step_up_required"));
        var token = await use.Use(Terminal, MyKeyId, Code, stop);
        if (token.Refused is { } no) return this.Refuse(nameof(Code), no);
        ShellCookie.Shown.Set(HttpContext, token.Value, TimeSpan.FromMilliseconds(CitizenTokens.LifeMs));
        return RedirectToPage("/Points/UsePoints/AmountPage");
    }
}
