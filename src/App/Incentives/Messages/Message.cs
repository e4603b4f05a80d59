using System.Text.RegularExpressions;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Messages;

/// <summary>Waiting: another officer has still to look. Sent: it stands on My Page of whom it is for.</summary>
public enum MessageState { Waiting, Sent, Withdrawn }

/// <summary>Whom it is for: all who applied; who waits for screening; to whom it is granted; to whom it is granted and who has not claimed it; who was rejected.</summary>
public enum Audience { All, Waiting, Granted, Unclaimed, Rejected }

/// <summary>What an office tells applicants of one programme.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="People">How many; never who.</param>
public sealed record Message(Guid Id, ProgrammeId Programme, MunicipalityCode Municipality, Audience Audience, string Body, MessageState State, long People, StaffId By, long WrittenMs, long? SentMs)
{
    /// <summary>How many have read it, where that was asked for.</summary>
    public long Seen { get; init; }
}

/// <summary>Reads what an officer typed: short, of several lines, without numbers of persons or cards and without an address but the site's own (S1-45).</summary>
public static partial class MessageText
{
    public const int Longest = 400;

    /// <param name="host">The site's own.</param>
    /// <returns><c>field_required</c> (field), <c>too_large</c>, <c>field_unknown</c> (field) for control characters, what free text is refused for, <c>link_forbidden</c>.</returns>
    public static Result<string> Read(string? typed, string host)
    {
        var lines = (typed ?? "").ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()).ToList();
        var text = string.Join('\n', lines).Trim();
        var one = NameText.Read("text", string.Join(' ', lines.Where(l => l.Length > 0)), Longest);
        if (one.Refused is { } no) return no;
        // A number that is parted by the end of a line is one all the same.
        if (FreeText.Check(string.Concat(lines)) is { } number) return number;
        return text.Length > Longest ? Refusal.Of("too_large") : Address().Matches(Typed.HalfWidth(text).ToLowerInvariant()).Any(m => (m.Groups["site"].Success ? m.Groups["site"].Value : m.Value) != host) ? Refusal.Of("link_forbidden") : text;
    }

    // An address with its scheme, a.example, www.a.example/x, name@a.example, 1.2.3.4; not 3.5 or A.B市.
    [GeneratedRegex(@"https?://(?<site>[a-z0-9.@_\-]*)|[a-z0-9_\-]+(?:@[a-z0-9\-]+)?(?:\.[a-z0-9\-]+)*\.[a-z]{2,}|(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[a-z]+:/")]
    private static partial Regex Address();
}

internal sealed record MessageRow
{
    public const string All = "select id, programme, municipality, audience, body, state, people, written_by, written_ms, sent_ms from inc_message";

    public Guid Id { get; init; }
    public ProgrammeId Programme { get; init; }
    public MunicipalityCode Municipality { get; init; }
    public string Audience { get; init; } = "";
    public string Body { get; init; } = "";
    public string State { get; init; } = "";
    public long People { get; init; }
    public StaffId WrittenBy { get; init; }
    public long WrittenMs { get; init; }
    public long? SentMs { get; init; }

    public Message Read() => new(Id, Programme, Municipality, Words<Audience>.Stored(Audience), Body, Words<MessageState>.Stored(State), People, WrittenBy, WrittenMs, SentMs);
}

/// <summary>What is said of a message.</summary>
public static class MessageWords
{
    public static string Of(Audience audience) => audience switch
    {
        Audience.Waiting => "審査を待っている人",
        Audience.Granted => "付与された人",
        Audience.Unclaimed => "付与されて、まだ受け取っていない人",
        Audience.Rejected => "断った人",
        _ => "申しこんだ人すべて",
    };

    public static string Of(MessageState state) => state switch { MessageState.Sent => "出しました", MessageState.Withdrawn => "取り下げました", _ => "承認待ち" };
}
