using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Sittings;

/// <summary>A support desk that waits for the next person: what he needs, and the way to his own card and PIN (S3-12).</summary>
public sealed class HelpPage(RegistryCache registry, CardOptions cards) : DevicePage
{
    /// <summary>How the sitting before ended.</summary>
    [BindProperty(SupportsGet = true, Name = "ended")]
    public string? Ended { get; set; }

    /// <summary>How the way to the card ended.</summary>
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    public Refusal? CardRefused => CardReturn.RefusalOf(Card);

    public string? Start => cards.On ? CardEndpoints.AskPath(Purpose.Login, SupportDesks.SittingPath) : null;

    /// <summary>Whoever was there before is gone from this browser.</summary>
    public void OnGet()
    {
        if (Ended is not null) SupportDesks.Forget(HttpContext);
    }

    protected override async Task<IActionResult?> Enter(IServiceProvider services, Frame frame)
    {
        if (Terminal.Require(TerminalCall.HelpSignIn).Refused is { } no) return await this.Refuse(no);
        frame.Place = "支援窓口";
        frame.Who.Add($"{(await registry.View()).Find(Terminal.Municipality)?.Name} {Terminal.Label}");
        return null;
    }
}
