using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Support;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>The national scheme for everybody: rounds, steps, services, what to bring, whom to ask (S3-01 to S3-18). It shows no card in the part about purchases (S3-06).</summary>
public sealed class MynapointPage(FindRounds rounds, RoundNotices notices, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Words { get; set; }

    public IReadOnlyList<(Round Round, IReadOnlyList<RegisteredForRound> Services)> Rounds { get; private set; } = [];

    public string Scam { get; private set; } = "";

    public string CardWait { get; private set; } = "";

    public DeskNow Desk { get; } = DeskNow.Of(Desks.Mynapoint(clock.Today()), clock);

    public async Task OnGet(CancellationToken stop)
    {
        var (today, all) = (clock.Today(), new List<(Round, IReadOnlyList<RegisteredForRound>)>());
        foreach (var round in await rounds.Current(today, stop)) all.Add((round, await rounds.Listed(round.Id, Words, stop)));
        (Rounds, Scam, CardWait) = (all, await notices.On(RoundNotice.Scam, today, stop), await notices.On(RoundNotice.CardWait, today, stop));
    }
}
