using System.Globalization;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.OperationSearch;

/// <summary>What is looked for, as it is typed.</summary>
public sealed record OperationSearch
{
    /// <summary>First day, yyyy-MM-dd; empty: 30 days before the last.</summary>
    public string? From { get; init; }

    /// <summary>Last day; empty: today.</summary>
    public string? Until { get; init; }

    /// <summary>A name of docs/operation-log.md; empty: all.</summary>
    public string? Action { get; init; }

    /// <summary>Who did it: a staff number, or the id of a terminal or machine.</summary>
    public string? By { get; init; }

    /// <summary>What it was done to: a MyKey ID, a staff number, or an id.</summary>
    public string? About { get; init; }

    /// <summary>Where the leaf before ended.</summary>
    public string? After { get; init; }
}

/// <summary>One leaf of what was found, newest first.</summary>
/// <param name="Names">Staff numbers, and labels of terminals and machines, by their id.</param>
/// <param name="Next">Where the next leaf goes on; null at the end.</param>
public sealed record FoundOperations(IReadOnlyList<FoundOperation> Lines, IReadOnlyDictionary<Guid, string> Names, string? Next);

/// <summary>
/// Searches the operation log (S0-1022c). The platform sees all; an office what its own staff, terminals and machines did, without the ids of
/// citizens. The one-time password is asked again (identity.md), and each search is logged itself.
/// </summary>
public sealed class FindOperations(SearchOperations search, FindStaff staff, FindTerminal terminals, MachineKeys machines, FindCitizen citizens, OperationLog log, Database database, TimeProvider clock)
{
    public const int LeafSize = 50;

    private const int LongestTyped = 64;

    /// <returns><c>role_forbidden</c>, <c>confirm_required</c>, <c>out_of_period</c> for days that are none or in the wrong order, <c>not_found</c> for an unknown number or ID.</returns>
    public async Task<Result<FoundOperations>> Run(StaffAtWork work, OperationSearch asked, CancellationToken stop)
    {
        if (work.Require(work.Town is null ? Role.Operator : Role.StaffAdmin).Refused is { } no) return no;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        var span = Span(asked);
        if (span.Refused is { } noSpan) return noSpan;
        var names = await Names(work, stop);
        if (Resolve(asked.By, names) is not { } by) return Refusal.Of("not_found");
        var about = await About(work, asked.About, names, stop);
        if (about.Refused is { } nobody) return nobody;
        var (fromMs, untilMs) = span.Value;
        var query = new OperationQuery(fromMs, untilMs, string.IsNullOrWhiteSpace(asked.Action) ? null : asked.Action.Trim(), by.Id, about.Value.Id, about.Value.Citizen,
            work.Town is null ? null : [.. names.Keys]);
        if (string.IsNullOrEmpty(asked.After)) await Note(work, query, stop);
        var lines = await search.Run(query, OperationPlace.Read(asked.After), LeafSize + 1, stop);
        var next = lines.Count > LeafSize ? lines[LeafSize - 1].Place.ToString() : null;
        return new FoundOperations([.. lines.Take(LeafSize).Select(l => work.Town is null ? l : Without(l))], names, next);
    }

    private Result<(long FromMs, long UntilMs)> Span(OperationSearch asked)
    {
        var today = clock.Today();
        if (Day(asked.Until, today) is not { } until || Day(asked.From, until.AddDays(-30)) is not { } from || from > until)
            return Refusal.Of("out_of_period", ("from", "はじめの日"), ("until", "おわりの日"));
        return (Jst.EndOf(from.AddDays(-1)), Jst.EndOf(until));
    }

    private static DateOnly? Day(string? typed, DateOnly otherwise) =>
        string.IsNullOrWhiteSpace(typed) ? otherwise
        : DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 9000 ? day : null;

    /// <summary>Everybody of the office, or all staff of the platform: lines name them by number and label, never by a name (S0-1023b).</summary>
    private async Task<Dictionary<Guid, string>> Names(StaffAtWork work, CancellationToken stop)
    {
        var names = (await staff.All(work.Town?.Code, stop)).ToDictionary(s => s.Id.Value, s => s.Number);
        foreach (var key in await machines.All(work.Town?.Code, stop)) names[key.Machine.Value] = key.Label;
        if (work.Town is { } town)
            foreach (var terminal in await terminals.All(town.Code, stop)) names[terminal.Id.Value] = terminal.Label;
        return names;
    }

    /// <returns>null when nobody has this number; an id of null when nothing was typed.</returns>
    private static Named? Resolve(string? typed, Dictionary<Guid, string> names)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length == 0) return new Named(null, null);
        if (Guid.TryParse(text, out var id)) return new Named(id, null);
        var known = names.Where(n => string.Equals(n.Value, text, StringComparison.OrdinalIgnoreCase)).Select(n => (Guid?)n.Key).FirstOrDefault();
        return known is null ? null : new Named(known, null);
    }

    private async Task<Result<Named>> About(StaffAtWork work, string? typed, Dictionary<Guid, string> names, CancellationToken stop)
    {
        if ((typed?.Length ?? 0) > LongestTyped) return Refusal.Of("not_found");
        if (Resolve(typed, names) is { } found) return found;
        // Who a MyKey ID belongs to is the platform's to know.
        var id = MyKeyId.ReadTyped(typed);
        if (work.Town is not null || id.Refused is not null || await citizens.ById(id.Value, stop) is not { } citizen) return Refusal.Of("not_found");
        return new Named(null, citizen.Id);
    }

    private Task Note(StaffAtWork work, OperationQuery query, CancellationToken stop) => database.Write(tx => log.Write(tx, new Operation("log.searched", work.Actor, Citizen: query.Citizen,
        After: string.Join(' ', new[] { $"{Jst.Day(query.FromMs):yyyy-MM-dd}..{Jst.Day(query.UntilMs - 1):yyyy-MM-dd}", query.Action, query.Actor is { } by ? $"by={by}" : null, query.About is { } about ? $"about={about}" : null }
            .OfType<string>()))), stop);

    private static FoundOperation Without(FoundOperation line) => line with
    {
        Citizen = null,
        Subject = line.Citizen is null ? line.Subject : null,
        Actor = line.Actor.Kind == ActorKind.Citizen ? new Actor(ActorKind.Citizen, Guid.Empty) : line.Actor,
    };

    private sealed record Named(Guid? Id, CitizenId? Citizen);
}
