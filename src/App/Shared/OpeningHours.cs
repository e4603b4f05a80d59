using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MyKey.Kernel;

namespace MyKey.App.Shared;

/// <summary>
/// When a place or a telephone is there, as people write it, a line each: <c>月-金 8:30-17:15</c>, <c>土日祝 9:30-17:30</c>, <c>12/29-1/3 休み</c>, <c>2026-12-06 9:00-13:00</c>.
/// A day goes before a span of days, and that before days of the week; on a public holiday only lines with 祝 count among these. What no line names is closed.
/// </summary>
public sealed partial class OpeningHours
{
    private const string Week = "月火水木金土日";
    private const int MostLines = 20;

    private readonly List<Line> lines;

    private OpeningHours(List<Line> lines) => this.lines = lines;

    /// <summary>Nothing written: nobody knows.</summary>
    public bool Unknown => lines.Count == 0;

    /// <returns>The hours; <c>hours_format</c> (line) for a line that is not such a one.</returns>
    public static Result<OpeningHours> Read(string? typed)
    {
        var lines = new List<Line>();
        foreach (var text in (typed ?? "").Split(['\n', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count == MostLines || Line.Read(Typed.HalfWidth(text)) is not { } line) return Refusal.Of("hours_format", ("line", text.Length > 40 ? text[..40] : text));
            lines.Add(line);
        }
        return new OpeningHours(lines);
    }

    /// <summary>As it is stored, and shown one below the other.</summary>
    public IEnumerable<string> Lines => lines.Select(l => l.Text);

    public override string ToString() => string.Join('\n', Lines);

    /// <summary>From and until on a day; null: closed.</summary>
    public (TimeOnly From, TimeOnly Until)? On(DateOnly day)
    {
        var found = lines.Where(l => l.Covers(day, Holidays.Is(day))).MaxBy(l => l.Rank);
        return found?.Open;
    }

    public bool IsOpen(DateOnly day, TimeOnly now) => On(day) is { } open && open.From <= now && now < open.Until;

    /// <summary>いま開いています, or when it opens next within two weeks.</summary>
    public string Said(DateOnly today, TimeOnly now)
    {
        if (Unknown) return "";
        if (IsOpen(today, now)) return $"いま開いています（{Clock(On(today)!.Value.Until)}まで）";
        for (var day = today; day < today.AddDays(15); day = day.AddDays(1))
            if (On(day) is { } open && (day > today || now < open.From)) return $"いまは閉まっています。つぎは{Day(day, today)}{Clock(open.From)}からです";
        return "いまは閉まっています";
    }

    private static string Day(DateOnly day, DateOnly today) => (day.DayNumber - today.DayNumber) switch
    {
        0 => "きょう",
        1 => "あす",
        _ => $"{day.Month}月{day.Day}日（{Week[((int)day.DayOfWeek + 6) % 7]}）",
    };

    private static string Clock(TimeOnly time) => time.Minute == 0 ? $"{time.Hour}時" : $"{time.Hour}時{time.Minute}分";

    private sealed record Line(string Text, int Rank, Func<DateOnly, bool, bool> Covers, (TimeOnly From, TimeOnly Until)? Open)
    {
        public static Line? Read(string text)
        {
            if (Form().Match(text) is not { Success: true } form) return null;
            (TimeOnly, TimeOnly)? open = null;
            if (form.Groups["from"].Success)
            {
                if (Time(form.Groups["from"].Value) is not { } from || Time(form.Groups["until"].Value) is not { } until || from >= until) return null;
                open = (from, until);
            }
            var days = form.Groups["days"].Value;
            if (DateOnly.TryParseExact(days, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var one)) return new Line(text, 3, (day, _) => day == one, open);
            if (Span().Match(days) is { Success: true } span) return Between(span) is { } covers ? new Line(text, 2, (day, _) => covers(day), open) : null;
            return OfWeek(days) is { } week ? new Line(text, 1, (day, holiday) => holiday ? week.Contains('祝') : week.Contains(Week[((int)day.DayOfWeek + 6) % 7]), open) : null;
        }

        private static TimeOnly? Time(string text) =>
            TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : text == "24:00" ? TimeOnly.MaxValue : null;

        private static Func<DateOnly, bool>? Between(Match span)
        {
            var numbers = span.Groups.Values.Skip(1).Select(g => int.Parse(g.Value, CultureInfo.InvariantCulture)).ToList();
            var (from, until) = (numbers[0] * 100 + numbers[1], numbers[2] * 100 + numbers[3]);
            if (numbers[0] is < 1 or > 12 || numbers[2] is < 1 or > 12 || numbers[1] is < 1 or > 31 || numbers[3] is < 1 or > 31) return null;
            return day => day.Month * 100 + day.Day is var at && (from <= until ? from <= at && at <= until : at >= from || at <= until);
        }

        /// <summary>月-金, 土日祝: the days of the week one by one; null for anything else, or for one named twice.</summary>
        private static string? OfWeek(string days)
        {
            var all = new StringBuilder();
            for (var i = 0; i < days.Length; i++)
            {
                var at = Week.IndexOf(days[i], StringComparison.Ordinal);
                if (days[i] == '祝') all.Append('祝');
                else if (at < 0) return null;
                else if (i + 2 < days.Length && days[i + 1] == '-')
                {
                    var to = Week.IndexOf(days[i + 2], StringComparison.Ordinal);
                    if (to <= at) return null;
                    all.Append(Week, at, to - at + 1);
                    i += 2;
                }
                else all.Append(days[i]);
            }
            return all.Length == all.ToString().Distinct().Count() ? all.ToString() : null;
        }
    }

    [GeneratedRegex(@"^(?<days>\S+) (?:休み|(?<from>\d{1,2}:\d\d)-(?<until>\d{1,2}:\d\d))$")]
    private static partial Regex Form();

    [GeneratedRegex(@"^(\d{1,2})/(\d{1,2})-(\d{1,2})/(\d{1,2})$")]
    private static partial Regex Span();
}
