using System.Collections.Frozen;
using MyKey.Kernel;

namespace MyKey.Identity.Terminals;

/// <summary>What a terminal is there for. One device may have several.</summary>
public enum TerminalProfile { Shop = 1, TicketOffice, LibraryCounter, SelfLending, GrantDesk, SupportCorner, Organiser }

/// <summary>What may be called from a terminal.</summary>
public enum TerminalCall { ReadHoldings = 1, UsePoints, CancelUse, DayList, Settings, IssueTicket, FindLink, MakeLink, GrantPoints, HelpSignIn, HandOutVoucher, RecordAttendance }

/// <summary>The one table of profiles and the calls they open (V-D1). Cancel, day list and settings ask the shop's code besides.</summary>
public static class TerminalProfiles
{
    private static readonly FrozenDictionary<TerminalProfile, (string Name, FrozenSet<TerminalCall> Calls)> Table = new Dictionary<TerminalProfile, (string, FrozenSet<TerminalCall>)>
    {
        [TerminalProfile.Shop] = ("shop", Of(TerminalCall.ReadHoldings, TerminalCall.UsePoints, TerminalCall.CancelUse, TerminalCall.DayList, TerminalCall.Settings)),
        [TerminalProfile.TicketOffice] = ("ticket_office", Of(TerminalCall.ReadHoldings, TerminalCall.IssueTicket, TerminalCall.CancelUse, TerminalCall.DayList, TerminalCall.Settings, TerminalCall.HandOutVoucher)),
        [TerminalProfile.LibraryCounter] = ("library_counter", Of(TerminalCall.FindLink, TerminalCall.MakeLink, TerminalCall.Settings)),
        [TerminalProfile.SelfLending] = ("self_lending", Of(TerminalCall.FindLink)),
        [TerminalProfile.GrantDesk] = ("grant_desk", Of(TerminalCall.GrantPoints, TerminalCall.DayList, TerminalCall.Settings)),
        [TerminalProfile.SupportCorner] = ("support_corner", Of(TerminalCall.HelpSignIn)),
        [TerminalProfile.Organiser] = ("organiser", Of(TerminalCall.RecordAttendance)),
    }.ToFrozenDictionary();

    public static IEnumerable<TerminalProfile> All => Table.Keys.Order();

    public static string Name(TerminalProfile profile) => Table[profile].Name;

    public static bool Allows(TerminalProfile profile, TerminalCall call) => Table[profile].Calls.Contains(call);

    internal static string Write(IEnumerable<TerminalProfile> profiles) => string.Join(' ', profiles.Distinct().Order().Select(Name));

    internal static IReadOnlyList<TerminalProfile> Read(string stored) => [.. stored.Split(' ').Select(name => Table.Single(t => t.Value.Name == name).Key)];

    private static FrozenSet<TerminalCall> Of(params TerminalCall[] calls) => calls.ToFrozenSet();
}

public enum TerminalState { Registered = 1, Enrolled = 2, Revoked = 3 }

/// <summary>A device as the other modules see it.</summary>
/// <param name="Holder">The acceptor or service provider that it belongs to; null for an office's own.</param>
/// <param name="Label">Where it stands, e.g. レジ1.</param>
/// <param name="UsedMs">When it was last seen, to the hour.</param>
public sealed record Terminal(TerminalId Id, MunicipalityCode Municipality, Guid? Holder, string Label, IReadOnlyList<TerminalProfile> Profiles, TerminalState State, long? UsedMs = null)
{
    /// <summary>Who acts: the device itself, or a shop's system in its place.</summary>
    public Actor Actor { get; init; } = Actor.Of(Id);

    /// <summary>This terminal, or <c>role_forbidden</c> when none of its profiles opens the call (V-D1).</summary>
    public Result<Terminal> Require(TerminalCall call) => Profiles.Any(p => TerminalProfiles.Allows(p, call)) ? this : Refusal.Of("role_forbidden");
}
