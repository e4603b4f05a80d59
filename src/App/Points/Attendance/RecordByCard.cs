using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>A card that is held at an organiser's device puts its holder on the list that the device is writing; the next card may follow at once.</summary>
public sealed class RecordByCard(Recorders recorders, AddAttendance add, TimeProvider clock)
{
    public const string Home = "/terminal/attendance";

    /// <summary>What a page says of a code that came along; others choose no sentence.</summary>
    public static Refusal? RefusalOf(string? code) =>
        code is "already_recorded" or "occasion_closed" or "organiser_ended" or "programme_not_recorded" or "too_large" or "mykey_unknown" ? Refusal.Of(code) : CardReturn.RefusalOf(code);

    /// <summary>Where the list is that the device was writing when it began to wait for a card.</summary>
    /// <param name="code">How the way to the card ended; null: no card came.</param>
    public static string Back(HttpContext context, string? code) => ShellCookie.Occasion.Read(context) is { } text && Guid.TryParse(text, out var id)
        ? $"{Home}/{id}?{(RefusalOf(code) is null ? "by=card" : $"card={code}")}" : Home;

    /// <returns>Where the browser goes.</returns>
    public async Task<Result<string>> Run(HttpContext context, Terminal device, string citizenToken)
    {
        var by = await recorders.Of(device, context.RequestAborted);
        if (by.Refused is { } no) return no;
        if (!Guid.TryParse(ShellCookie.Occasion.Read(context), out var id)) return Home;
        var added = await add.Run(by.Value, new OccasionId(id), new NewAttendance(Ids.NewV7(clock), CitizenToken: citizenToken), context.RequestAborted);
        if (added.Refused is not { } refused) return $"{Home}/{id}?by=card&done=1";
        context.Note(refused);
        return RefusalOf(refused.Code) is null ? Home : $"{Home}/{id}?card={refused.Code}";
    }
}
