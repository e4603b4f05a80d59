using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Support;
using MyKey.Kernel;

namespace MyKey.App.Lost;

/// <summary>A card is lost: three calls, and the own MyKey ID stopped (S0-1019a, S1-50).</summary>
public sealed class LostPageModel(TimeProvider clock) : PageModel
{
    public Desk CallCentre => Desks.Card(clock.Today());

    public Desk Police => Desks.Police(clock.Today());

    public Desk Municipality => Desks.Municipality(clock.Today());

    public DeskNow Now(Desk desk) => DeskNow.Of(desk, clock);
}
