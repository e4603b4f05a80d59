using System.Globalization;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Navi.Portal;

public enum AnnouncementState { Shown, Hidden }

/// <summary>お知らせ of those who run the platform.</summary>
/// <param name="FromMs">It is there from this minute on.</param>
/// <param name="UntilMs">The first minute at which it is gone; null: it stays.</param>
/// <param name="Place">Smaller ones stand above.</param>
public sealed record Announcement(Guid Id, string Title, string Body, long FromMs, long? UntilMs, int Place, AnnouncementState State)
{
    public bool IsOn(long nowMs) => State == AnnouncementState.Shown && FromMs <= nowMs && !(UntilMs <= nowMs);

    public string Path => $"/news/{Id}";
}

/// <summary>A recommended point: whose, and words about it.</summary>
public sealed record Featured(MunicipalityCode Municipality, string Words, int Place);

/// <summary>A text of the portal and the moment from which it holds.</summary>
public sealed record DatedText(string Key, long FromMs, string Text);

/// <summary>A text that can be written anew; its first words are ours.</summary>
/// <param name="Name">For the operators.</param>
/// <param name="About">Where it stands.</param>
public sealed record PortalTextKind(string Key, string Name, string About)
{
    internal static IReadOnlyList<(PortalTextKind Kind, DatedText Text)> Ours { get; } = [.. Embedded.Rows(typeof(PortalTextKind), "portal_texts.csv", 5).Select(c =>
        (new PortalTextKind(c[0], c[2], c[3]), new DatedText(c[0], Jst.EndOf(Jst.FromNumber(int.Parse(c[1], CultureInfo.InvariantCulture)).AddDays(-1)), c[4])))];

    public static IReadOnlyList<PortalTextKind> All { get; } = [.. Ours.Select(o => o.Kind).Distinct()];

    public static PortalTextKind? Find(string key) => All.FirstOrDefault(k => k.Key == key);
}

/// <summary>What the operators have written for the portal, as it stood at one moment.</summary>
public sealed class PortalView
{
    private readonly IReadOnlyList<DatedText> texts;

    public PortalView(IReadOnlyList<Announcement> announcements, IReadOnlyList<Featured> featured, IReadOnlyList<DatedText> texts) => (Announcements, Featured, this.texts) = (announcements, featured, texts);

    /// <summary>Whatever their state and time.</summary>
    public IReadOnlyList<Announcement> Announcements { get; }

    /// <summary>In their order.</summary>
    public IReadOnlyList<Featured> Featured { get; }

    /// <summary>Those that are there now: by place, then the latest first.</summary>
    public IEnumerable<Announcement> On(long nowMs) => Announcements.Where(a => a.IsOn(nowMs)).OrderBy(a => a.Place).ThenByDescending(a => a.FromMs).ThenBy(a => a.Id);

    /// <summary>The words in force: the operators' last that have begun, else ours. May be empty.</summary>
    public string Text(string key, long nowMs) => Begun(texts, key, nowMs) ?? Begun(PortalTextKind.Ours.Select(o => o.Text), key, nowMs) ?? "";

    /// <summary>What operators have written for a text, the latest first.</summary>
    public IEnumerable<DatedText> Written(string key) => texts.Where(t => t.Key == key).OrderByDescending(t => t.FromMs);

    private static string? Begun(IEnumerable<DatedText> from, string key, long nowMs) => from.Where(t => t.Key == key && t.FromMs <= nowMs).MaxBy(t => t.FromMs)?.Text;
}

/// <summary>That in memory, at most a second stale; time is looked at whenever it is shown. There is little, so it is read whole.</summary>
public sealed class PortalCache(Database database, TimeProvider clock) : IDisposable
{
    private const int MostAnnouncements = 500;

    private readonly Cached<PortalView> view = new(clock, _ => Load(database));

    public ValueTask<PortalView> View() => view.Get();

    public void Dispose() => view.Dispose();

    /// <summary>A change in a transaction of its own, seen by this process at once.</summary>
    internal async Task<Result<T>> Change<T>(Func<Transaction, Task<Result<T>>> work, CancellationToken stop)
    {
        var done = await database.WriteOrRefuse<T>(work, stop);
        view.Drop();
        return done;
    }

    private static async Task<PortalView> Load(Database database)
    {
        await using var connection = await database.Open();
        var announcements = await connection.QueryAsync<AnnouncementRow>("select id, title, body, from_ms, until_ms, place, state from nav_announcement order by from_ms desc, id limit @MostAnnouncements", new { MostAnnouncements });
        var featured = await connection.QueryAsync<FeaturedRow>("select municipality, words, place from nav_featured order by place, municipality");
        var texts = await connection.QueryAsync<TextRow>("select key, from_ms, body from nav_text");
        return new PortalView([.. announcements.Select(r => r.Read())], [.. featured.Select(r => new Featured(r.Municipality, r.Words, r.Place))], [.. texts.Select(r => new DatedText(r.Key, r.FromMs, r.Body))]);
    }

    private sealed record AnnouncementRow
    {
        public Guid Id { get; init; }
        public string Title { get; init; } = "";
        public string Body { get; init; } = "";
        public long FromMs { get; init; }
        public long? UntilMs { get; init; }
        public int Place { get; init; }
        public string State { get; init; } = "";

        public Announcement Read() => new(Id, Title, Body, FromMs, UntilMs, Place, Words<AnnouncementState>.Stored(State));
    }

    private sealed record FeaturedRow
    {
        public MunicipalityCode Municipality { get; init; }
        public string Words { get; init; } = "";
        public int Place { get; init; }
    }

    private sealed record TextRow
    {
        public string Key { get; init; } = "";
        public long FromMs { get; init; }
        public string Body { get; init; } = "";
    }
}
