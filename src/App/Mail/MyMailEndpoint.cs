using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.Mail;

/// <param name="Mail">Of any provider.</param>
/// <param name="Password">Needed in a session by ID and password, not in a card session.</param>
public sealed record MyMailRequest(string Mail, string? Password = null);

/// <param name="Code">6 digits of the mail.</param>
public sealed record MyMailCode(string Code);

/// <param name="On">false: no mail of this kind.</param>
public sealed record MyNoticeRequest(bool On);

/// <param name="Kind">Such as <c>granted</c>.</param>
/// <param name="Fixed">true: about the safety of the ID, can't be switched off.</param>
public sealed record MyNoticeReply(string Kind, bool On, bool Fixed);

/// <param name="Mail">null: none on file.</param>
/// <param name="Waiting">Typed, and its code not yet.</param>
/// <param name="Sender">The domain that every mail comes from.</param>
public sealed record MyMailReply(string? Mail, string? Waiting, string Sender, IReadOnlyList<MyNoticeReply> Notices);

/// <summary>A citizen's mailbox and what is sent there, for machines; the session is the citizen's cookie.</summary>
public static class MyMailEndpoint
{
    public static void MapMyMail(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my/mail").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("", Get);
        group.MapPut("", Put);
        group.MapPost("/code", Confirm);
        group.MapDelete("", Remove);
        group.MapPut("/notices/{kind}", Switch);
    }

    private static async Task<Answer<MyMailReply>> Get(HttpContext context, KeepMail keep, MailOptions options, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var file = await keep.Of(citizen.Value.Id, stop);
        var notices = Enum.GetValues<Notice>().Select(n => new MyNoticeReply(Words<Notice>.Of(n), !file.Off.Contains(n), !n.CanBeOff()));
        return new MyMailReply(file.Mailbox?.Value, file.Waiting?.Value, options.Domain, [.. notices]);
    }

    private static async Task<Answer<bool>> Put(MyMailRequest request, HttpContext context, KeepMail keep, MailOptions options, SignedIn signedIn, CancellationToken stop)
    {
        if (!options.On) return Refusal.Of("not_found");
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var typed = new NewMail(request.Mail, request.Password, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context));
        return (await keep.Ask(signedIn.Session, typed, stop)).Then<bool>(_ => true);
    }

    private static async Task<Answer<bool>> Confirm(MyMailCode request, HttpContext context, KeepMail keep, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : (await keep.Confirm(signedIn.Session, request.Code, stop)).Then<bool>(_ => true);
    }

    private static async Task<Answer<bool>> Remove(HttpContext context, KeepMail keep, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : await keep.Remove(signedIn.Session, stop);
    }

    private static async Task<Answer<bool>> Switch(string kind, MyNoticeRequest request, HttpContext context, KeepMail keep, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        return Words<Notice>.Find(kind) is { } notice ? await keep.Switch(signedIn.Session, notice, request.On, stop) : Refusal.Of("not_found");
    }
}
