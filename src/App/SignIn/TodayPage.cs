using MyKey.Identity.Passkeys;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>Something that somebody of the staff has to do.</summary>
/// <param name="Kind">For machines, such as <c>approvals</c>.</param>
/// <param name="Path">Where it is done.</param>
public sealed record TodaysTask(string Kind, string What, string Hint, string Path);

/// <summary>Start of a shell of staff: what there is to do today, then the menu.</summary>
public abstract class TodayPage : StaffPage
{
    public IReadOnlyList<TodaysTask> Tasks { get; private set; } = [];

    /// <summary>Where one works, above the tasks.</summary>
    public abstract string Place { get; }

    /// <summary>So long a new passkey is told: whoever did not add it himself has been away for a weekend, not for a month.</summary>
    private const long ToldMs = 7 * Jst.DayMs;

    public async Task OnGet(CancellationToken stop) => Tasks = [.. await NewPasskeys(stop), .. await Find(stop)];

    protected abstract Task<IReadOnlyList<TodaysTask>> Find(CancellationToken stop);

    /// <summary>Staff have no mailbox here, so the first page tells what somebody else may have done in one's name.</summary>
    private async Task<IEnumerable<TodaysTask>> NewPasskeys(CancellationToken stop)
    {
        var own = await HttpContext.RequestServices.GetRequiredService<OwnPasskeys>().Of(Work.Member, stop);
        var since = HttpContext.RequestServices.GetRequiredService<TimeProvider>().NowMs() - ToldMs;
        return own.Where(p => p.CreatedMs > since).Select(p => new TodaysTask("passkey_added", $"パスキー「{p.Label}」が加わりました", "心当たりがないときは、消してください", StaffDoor.Of(Request.Path).PasskeysPath));
    }
}
