using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyKey.CardAgent.Device;

/// <summary>Staff of a library type the office's code here, once. The guard has seen to where the form came from.</summary>
[IgnoreAntiforgeryToken]
public sealed class DevicePage(Sites sites, DeviceKey key, AskNumber ask) : PageModel
{
    public IReadOnlyList<KnownSite> Choices { get; } = [.. sites.All.Where(s => s.TakesKey)];

    public KnownSite? Enrolled => key.Site;

    /// <summary>Why the code was not taken.</summary>
    public Sentences? No { get; private set; }

    /// <summary>What came of the last card.</summary>
    public Sentences? LastNo => ask.LastNo;

    public bool Ready { get; private set; }

    public void OnGet(int? ready) => Ready = ready is not null && Enrolled is not null;

    public async Task<IActionResult> OnPost([FromForm] string? code, [FromForm] string? site)
    {
        var chosen = Choices.FirstOrDefault(s => s.Origin == site) ?? (Choices.Count == 1 ? Choices[0] : null);
        if (chosen is null) return BadRequest();
        No = await key.Enrol(chosen, code, HttpContext.RequestAborted);
        if (No is null)
        {
            Response.Headers.Location = "/device?ready=1";
            return StatusCode(StatusCodes.Status303SeeOther);
        }
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
