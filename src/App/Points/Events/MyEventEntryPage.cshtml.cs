using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Events;

/// <summary>One line of an event's history, and whom to tell what when it is not right (S0-5013).</summary>
public sealed class MyEventEntryPage(MyEvents events) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "receipt")]
    public string? Receipt { get; set; }

    public MyEvent Mine { get; private set; } = null!;

    public EventLine Entry { get; private set; } = null!;

    /// <summary>Somebody else's line is answered like one that does not exist.</summary>
    public async Task<IActionResult> OnGet()
    {
        var found = await events.Find(Citizen.Id, new SupportEventId(Id));
        if (found.Refused is { } no) return await this.Refuse(no);
        if (await events.Line(Citizen.Id, found.Value.Event, Receipt ?? "") is not { } entry) return await this.Refuse(Refusal.Of("transfer_unknown"));
        (Mine, Entry) = (found.Value, entry);
        return Page();
    }
}
