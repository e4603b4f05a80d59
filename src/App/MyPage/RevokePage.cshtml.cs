using Microsoft.AspNetCore.Mvc;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.MyPage;

/// <summary>マイキーIDをやめる: first what is lost, line by line; then the agent, which names it again and asks for the PIN (S0-5016a, S1-53).</summary>
public sealed class RevokePageModel(FindLost lost, CardOptions cards) : CitizenPage
{
    /// <summary>How the way to the card ended.</summary>
    [BindProperty(SupportsGet = true, Name = "card")]
    public string? Card { get; set; }

    public WhatIsLost Lost { get; private set; } = new([], [], [], []);

    public Refusal? Refused => CardReturn.RefusalOf(Card);

    /// <summary>The agent; a browser that never came back from it goes there once before, so that it is sure to be there. Null where no card can be read.</summary>
    public string? Next => !cards.On ? null : ShellCookie.Prepared.Read(HttpContext) is null ? CardEndpoints.AskPath(Purpose.StepUp, RevokeByCard.Path) : RevokeByCard.AskPath;

    public async Task OnGet(CancellationToken stop) => Lost = await lost.Of(Citizen.Id, stop);
}
