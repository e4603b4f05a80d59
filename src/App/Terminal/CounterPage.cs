using Microsoft.AspNetCore.Mvc;
using MyKey.App.Libraries;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Terminals;

/// <summary>A page of a library's counter, of its self-lending machine, or of another provider's (S2-P9b, S2-P9c).</summary>
public abstract class CounterPage : DevicePage
{
    public ProviderDesk Desk { get; private set; } = null!;

    public NumberScreen Screen { get; private set; } = null!;

    protected NextStep Start => new("はじめの画面へ", Screen.Home);

    /// <summary>What the page does at this device.</summary>
    protected virtual TerminalCall Call => TerminalCall.FindLink;

    /// <summary>Whether the page is one of a machine's: the other kind of device has its own.</summary>
    protected virtual bool OfMachine => false;

    protected override async Task<IActionResult?> Enter(IServiceProvider services, Frame frame)
    {
        var desk = await services.GetRequiredService<ProviderDesks>().Of(Terminal, Call);
        if (desk.Refused is { } no) return await this.Refuse(no);
        (Desk, Screen) = (desk.Value, Must.Have(NumberScreen.Of(Terminal), "a device that finds numbers has a screen for them"));
        if (OfMachine != (Screen == NumberScreen.Machine)) return this.SeeOther(Screen.Home);
        frame.Place = Desk.Provider.Kind.Code == ProviderKind.Library ? "図書館の端末" : "施設の端末";
        frame.Who.Add($"{Desk.Provider.Name} {Terminal.Label}");
        if (OfMachine) return null;
        frame.Menu.Add(new MenuEntry("カードを読む", Screen.Home));
        frame.Menu.Add(new MenuEntry("住所の知らせ", $"{Screen.Home}/notices"));
        return null;
    }
}
