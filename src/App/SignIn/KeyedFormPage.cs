using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>Things that operators keep, each under a key in its address.</summary>
/// <param name="Find">Null where there is none.</param>
/// <param name="PageOf">Address of a thing's own page.</param>
/// <param name="List">Where to go when there is no such thing.</param>
/// <param name="BackWords">What the way to its own page is called.</param>
public sealed record KeyedThings<T>(Func<string?, Task<T?>> Find, Func<T, string> PageOf, NextStep List, string BackWords) where T : class;

/// <summary>A form of the operators about one of them; value hangs on it, so the one-time password is asked again.</summary>
public abstract class KeyedFormPage<T>(KeyedThings<T> things) : StaffPage where T : class
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    public T Found { get; private set; } = null!;

    public string Back => things.PageOf(Found);

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet()
    {
        if (await Load() is { } no) return await this.Refuse(no, things.List);
        Begin();
        return Page();
    }

    /// <summary>What the empty form begins with.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>What the form needs each time it is shown.</summary>
    protected virtual Task Prepare() => Task.CompletedTask;

    /// <summary>The field at which a refusal is told.</summary>
    protected abstract string FieldOf(Refusal no);

    protected async Task<IActionResult> Save<TDone>(Func<Task<Result<TDone>>> change, string saved = "1", Func<TDone, IActionResult>? then = null)
    {
        if (await Load() is { } gone) return await this.Refuse(gone, things.List);
        if (!ModelState.IsValid) return this.Again();
        var done = await change();
        if (done.Ok) return then?.Invoke(done.Value) ?? this.SeeOther($"{Back}?saved={saved}");
        var no = done.Refused!;
        return no.Code is "confirm_required" or "id_reused" or "key_limit" or "proposal_waits" ? await No(no, new NextStep(things.BackWords, Back)) : this.Refuse(FieldOf(no), no);
    }

    /// <summary>A day that has to be there; an empty one is told at its field.</summary>
    protected DateOnly Day(string field, string? typed)
    {
        var day = TypedDay.Read(typed);
        if (day is null && ModelState.IsValid) this.Note(field, Refusal.Of("field_required", ("field", field)));
        return day ?? default;
    }

    private async Task<Refusal?> Load()
    {
        if (await things.Find(Key) is not { } found) return Refusal.Of("not_found");
        Found = found;
        await Prepare();
        return null;
    }
}
