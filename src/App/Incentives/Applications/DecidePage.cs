using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Applications;

/// <summary>A list of what waits for an officer, one or many decided at once: what could not be decided is told line by line, the rest stays decided.</summary>
/// <typeparam name="T">A line.</typeparam>
public abstract class DecidePage<T> : StaffPage
{
    /// <summary>The state of those that are shown; empty: all.</summary>
    [BindProperty(SupportsGet = true, Name = "state"), Display(Name = "いま")]
    public string? State { get; set; }

    /// <summary>The last line of the page before.</summary>
    [BindProperty(SupportsGet = true, Name = "after")]
    public Guid? After { get; set; }

    /// <summary>How many were just decided.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public int? Saved { get; set; }

    [BindProperty(Name = "ids")]
    public List<Guid> Ids { get; set; } = [];

    public IReadOnlyList<T> Found { get; protected set; } = [];

    public bool More { get; protected set; }

    /// <summary>Those that could not be decided, each with its reason.</summary>
    public IReadOnlyList<(string ShownId, Refusal No)> Left { get; private set; } = [];

    public bool MayDecide => Work.Require(Role.Officer).Ok;

    public bool MayApprove => Work.Require(Role.Approver).Ok;

    public abstract string Here { get; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    protected abstract int MostAtOnce { get; }

    /// <summary>Where a refused reason is told.</summary>
    protected abstract string ReasonField { get; }

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop) => await Load(id, stop) is { } no ? await this.Refuse(no) : Page();

    /// <returns>null: all of the page is read.</returns>
    protected abstract Task<Refusal?> Load(Guid id, CancellationToken stop);

    /// <returns>The ID as it is shown, and whether the line is of this list; null for none.</returns>
    protected abstract Task<(string ShownId, bool Ours)?> Line(TransferId id, CancellationToken stop);

    protected async Task<IActionResult> Each(Guid id, Func<TransferId, Task<Result<T>>> decide, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        if (Ids.Count == 0) return this.Refuse("ids", Refusal.Of("field_required", ("field", "ids")));
        if (Ids.Count > MostAtOnce) return this.Refuse("ids", Refusal.Of("too_large"));
        var (done, left) = (0, new List<(string, Refusal)>());
        foreach (var one in Ids.Distinct().Select(i => new TransferId(i)))
        {
            var line = await Line(one, stop);
            var decided = line is { Ours: true } ? await decide(one) : Refusal.Of("not_found");
            if (decided.Ok) done++;
            else if (decided.Refused is { Code: "confirm_required" or "role_forbidden" } no) return await No(no);
            else if (decided.Refused is { Code: "field_required" or "too_large" or "my_number_refused" or "pan_refused" } text) return this.Refuse(ReasonField, text);
            else left.Add((line?.ShownId ?? "", decided.Refused!));
        }
        if (left.Count == 0) return this.SeeOther($"{Here}?saved={done}{(string.IsNullOrEmpty(State) ? "" : $"&state={Uri.EscapeDataString(State)}")}");
        foreach (var (_, no) in left.Take(1)) HttpContext.Note(no);
        (Saved, Left) = (done, left);
        await Load(id, stop);
        Response.StatusCode = StatusCodes.Status409Conflict;
        return Page();
    }
}
