using System.Text.Json;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Passkeys;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.Passkeys;

/// <param name="Shell"><c>office</c> or <c>operator</c>.</param>
public sealed record PasskeyQuestionRequest(string Shell);

/// <param name="Question">Goes back with the answer; good once, five minutes, with the cookie of this answer or of the session.</param>
/// <param name="Options">As <c>PublicKeyCredential.parseRequestOptionsFromJSON</c> or <c>parseCreationOptionsFromJSON</c> of WebAuthn level 3 reads them.</param>
public sealed record PasskeyQuestionReply(string Question, JsonElement Options);

/// <param name="Credential">As <c>PublicKeyCredential.toJSON</c> writes it.</param>
/// <param name="Municipality">Code of the municipality worked for, where somebody has roles in several.</param>
public sealed record PasskeySessionRequest(string Shell, string Question, JsonElement Credential, string? Municipality = null);

public sealed record PasskeyAnswerRequest(string Question, JsonElement Credential);

/// <param name="Label">1 to 40 characters; no name of a person.</param>
public sealed record NewPasskeyRequest(string Question, JsonElement Credential, string Label);

/// <param name="BackedUp">Kept by a provider, too.</param>
public sealed record PasskeyReply(Guid Id, string Label, long CreatedMs, long? UsedMs, bool BackedUp);

/// <summary>Passkeys of staff for machines, by the same rules as the pages.</summary>
public static class PasskeysEndpoint
{
    public static void AddPasskeys(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton(new StaffMenu(StaffDoor.Office, 98, "パスキー", StaffDoor.Office.PasskeysPath)).AddSingleton(new StaffMenu(StaffDoor.Operator, 98, "パスキー", StaffDoor.Operator.PasskeysPath));

    public static void MapPasskeys(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/staff").RequireRateLimiting(RateLimits.Attempts);
        group.MapPost("/passkey-questions", AskLogin).Produces<PasskeyQuestionReply>(StatusCodes.Status201Created);
        group.MapPost("/passkey-sessions", LogIn).Produces<StaffSessionReply>(StatusCodes.Status201Created);
        group.MapPost("/sessions/{shell}/confirm/questions", AskConfirm).Produces<PasskeyQuestionReply>(StatusCodes.Status201Created);
        group.MapPost("/sessions/{shell}/confirm/passkey", Confirm);
        group.MapGet("/sessions/{shell}/passkeys", List);
        group.MapPost("/sessions/{shell}/passkeys/questions", AskNew).Produces<PasskeyQuestionReply>(StatusCodes.Status201Created);
        group.MapPost("/sessions/{shell}/passkeys", Add).Produces<Guid>(StatusCodes.Status201Created);
        group.MapDelete("/sessions/{shell}/passkeys/{id:guid}", Remove);
    }

    private static async Task<Answer<PasskeyQuestionReply>> AskLogin(PasskeyQuestionRequest request, HttpContext context, LoginByPasskey login, CancellationToken stop) =>
        StaffDoor.Find(request.Shell) is { } door
            ? Answer.Created<PasskeyQuestionReply>(Reply(await login.AskLogin(door.Kind, ShellCookie.BeforeLogin.Keep(context), PasskeyOrigin.Of(context), stop)))
            : Refusal.Of("field_unknown", ("field", "shell"));

    private static async Task<Answer<StaffSessionReply>> LogIn(PasskeySessionRequest request, HttpContext context, LoginByPasskey login, StaffSignIn signIn, CancellationToken stop)
    {
        if (StaffDoor.Find(request.Shell) is not { } door) return Refusal.Of("field_unknown", ("field", "shell"));
        var visitor = new PasskeyVisitor(door.Kind, ShellCookie.BeforeLogin.Read(context), ClientNetwork.Of(context.Connection.RemoteIpAddress));
        var opened = await login.Login(visitor, new PasskeyAnswer(request.Question, Text(request.Credential)), door.Cookie.Read(context), stop);
        return opened.Refused is { } no ? no : Answer.Created(await signIn.Enter(context, door, (opened.Value, request.Municipality), stop));
    }

    private static async Task<Answer<PasskeyQuestionReply>> AskConfirm(string shell, HttpContext context, LoginByPasskey login, CancellationToken stop) =>
        Answer.Created(await At(context, shell, async work => (await login.AskConfirm(work.Session, PasskeyOrigin.Of(context), stop)).Then<PasskeyQuestionReply>(a => Reply(a))));

    private static async Task<Answer<bool>> Confirm(string shell, PasskeyAnswerRequest request, HttpContext context, LoginByPasskey login, CancellationToken stop) =>
        await At(context, shell, work => login.Confirm(work.Session, new PasskeyAnswer(request.Question, Text(request.Credential)), stop));

    private static async Task<Answer<PasskeyReply[]>> List(string shell, HttpContext context, OwnPasskeys passkeys, CancellationToken stop) =>
        await At<PasskeyReply[]>(context, shell, async work => (await passkeys.Of(work.Member, stop)).Select(p => new PasskeyReply(p.Id.Value, p.Label, p.CreatedMs, p.UsedMs, p.BackedUp)).ToArray());

    private static async Task<Answer<PasskeyQuestionReply>> AskNew(string shell, HttpContext context, RegisterPasskey register, CancellationToken stop) =>
        Answer.Created(await At(context, shell, async work => (await register.Ask(work.Member, work.Session, PasskeyOrigin.Of(context), stop)).Then<PasskeyQuestionReply>(a => Reply(a))));

    private static async Task<Answer<Guid>> Add(string shell, NewPasskeyRequest request, HttpContext context, RegisterPasskey register, CancellationToken stop) => Answer.Created(await At(context, shell,
        async work => (await register.Register(work.Member, work.Session, new PasskeyAnswer(request.Question, Text(request.Credential)), request.Label, stop)).Then<Guid>(id => id.Value)));

    private static async Task<Answer<bool>> Remove(string shell, Guid id, HttpContext context, OwnPasskeys passkeys, CancellationToken stop) =>
        await At(context, shell, work => passkeys.Remove(work.Member, work.Session, new PasskeyId(id), stop));

    private static async Task<Result<T>> At<T>(HttpContext context, string shell, Func<StaffAtWork, Task<Result<T>>> call) =>
        StaffDoor.Find(shell) is { } door ? await context.At(door, call) : Refusal.Of("not_found");

    private static PasskeyQuestionReply Reply(AskedPasskey asked)
    {
        using var options = JsonDocument.Parse(asked.Options);
        return new PasskeyQuestionReply(asked.Question, options.RootElement.Clone());
    }

    private static string? Text(JsonElement credential) => credential.ValueKind == JsonValueKind.Object ? credential.GetRawText() : null;
}
