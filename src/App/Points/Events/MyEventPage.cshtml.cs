using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Events;

/// <summary>One event: until when its points pay, where, what becomes of the rest, and what happened with the citizen's (S0-5010, S0-5013).</summary>
public sealed class MyEventPage(MyEvents events, TimeProvider clock) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary>The last line of the leaf before.</summary>
    [BindProperty(SupportsGet = true, Name = "before")]
    public string? Before { get; set; }

    /// <summary>Everything on one page, for the printer.</summary>
    [BindProperty(SupportsGet = true, Name = "all")]
    public bool All { get; set; }

    public MyEvent Mine { get; private set; } = null!;

    public IReadOnlyList<Acceptor> Shops { get; private set; } = [];

    public EventLeaf Leaf { get; private set; } = new([], null);

    /// <summary>Why its points don't pay today, in words; null when they do.</summary>
    public string? Closed => clock.Today() is var today && today < Mine.Event.From ? "まだ使えません。" : today > Mine.Event.Until ? "終わりました。" : null;

    public async Task<IActionResult> OnGet()
    {
        var found = await events.Find(Citizen.Id, new SupportEventId(Id));
        if (found.Refused is { } no) return await this.Refuse(no);
        var before = HistoryPlace.Read(Before);
        if (before.Refused is { } nowhere) return await this.Refuse(nowhere);
        Mine = found.Value;
        (Shops, Leaf) = (await events.Shops(Mine.Event), await events.History(Citizen.Id, Mine.Event, before.Value, All ? HistoryFile.MostLines : MyEvents.LinesPerLeaf));
        return Page();
    }

    public async Task<IActionResult> OnGetFile()
    {
        var found = await events.Find(Citizen.Id, new SupportEventId(Id));
        if (found.Refused is { } no) return await this.Refuse(no);
        var all = await events.History(Citizen.Id, found.Value.Event, before: null, HistoryFile.MostLines);
        return HistoryFile.Of(all.Rows, $"history-event-{Id:N}");
    }
}
