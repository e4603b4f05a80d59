using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>Where in a history a page of it begins.</summary>
public static class HistoryPlace
{
    /// <param name="typed">The last line of the page before, as a link or caller gives it; empty: the newest.</param>
    /// <returns>It, or <c>not_found</c> for what is no id.</returns>
    public static Result<TransferId?> Read(string? typed) =>
        string.IsNullOrEmpty(typed) ? (TransferId?)null : Ids.TryRead<TransferId>(typed, out var id) ? (TransferId?)id : Refusal.Of("not_found");
}
