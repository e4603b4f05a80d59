using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.Kernel;

namespace MyKey.App.Lost;

/// <summary>A card is lost: three calls, and the own MyKey ID stopped (S0-1019a, S1-50).</summary>
public sealed class LostPageModel(TimeProvider clock) : PageModel
{
    public Contact CallCentre => Contacts.CallCentre(clock.Today());

    public Contact Police => Contacts.Police(clock.Today());

    public Contact Municipality => Contacts.Municipality(clock.Today());
}
