namespace MyKey.Identity.Mail;

/// <summary>What a citizen hears of by mail (S0-5004c); stored by name.</summary>
public enum Notice
{
    // About the safety of the ID: always sent.
    IdIssued = 1, IdChanged = 2, CardJoined = 3, JoinAsked = 4, Suspended = 5, Resumed = 6, Revoked = 7, PasswordSet = 8, NewDevice = 9, MailSet = 10, MailRemoved = 11,

    // May be switched off.
    Exchanged = 20, Moved = 21, Lapse = 22, Granted = 23, UsedWithoutPin = 24, PayoutReturned = 25, OfferMessage = 26, ApplicationRejected = 27,
}

public static class Notices
{
    public static IReadOnlyList<Notice> Security { get; } = [.. Enum.GetValues<Notice>().Where(n => (int)n < 20)];

    public static IReadOnlyList<Notice> Choices { get; } = [.. Enum.GetValues<Notice>().Where(n => (int)n >= 20)];

    /// <summary>Whether the citizen decides about it.</summary>
    public static bool CanBeOff(this Notice notice) => (int)notice >= 20;
}
