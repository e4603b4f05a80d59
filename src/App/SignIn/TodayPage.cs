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

    public async Task OnGet(CancellationToken stop) => Tasks = await Find(stop);

    protected abstract Task<IReadOnlyList<TodaysTask>> Find(CancellationToken stop);
}
