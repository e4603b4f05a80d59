using System.Buffers.Text;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Challenges;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <param name="Phone">Goes with the number.</param>
/// <param name="Purpose">A code of the closed list.</param>
public sealed record PhoneQuestionReply(string Phone, string Origin, string Purpose, long ExpiresMs);

/// <param name="Challenge">32 random bytes, base64url.</param>
public sealed record PhoneChallengeReply(string ChallengeId, string Origin, string Purpose, string Challenge, long ExpiresMs);

/// <summary>A computer's login that a telephone signs: section 6 of docs/card-protocol.md. The answer itself goes to <c>/card/answers</c> like any other.</summary>
public static class PhoneEndpoints
{
    public const string StartPath = "/card/phone";

    public const string WaitPath = "/card/phone/wait";

    /// <summary>What the QR code leads to; the link's code follows behind <c>#</c>, which no browser sends anywhere.</summary>
    public const string AppPath = "/card/phone/app";

    private static readonly TimeSpan LinkLives = TimeSpan.FromMilliseconds(AskCard.LifeMs + AnswerChallenge.CodeLifeMs);

    internal sealed record OpenRequest
    {
        public required string Link { get; init; }

        public required string AgentVersion { get; init; }
    }

    internal sealed record ChoiceRequest
    {
        public required string Link { get; init; }

        public required string Phone { get; init; }

        public required string Number { get; init; }
    }

    public static void MapPhones(this WebApplication app)
    {
        app.MapGet(StartPath, Start).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/card/phone/questions", Open).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/card/phone/choices", Choose).RequireRateLimiting(RateLimits.Attempts);
    }

    /// <summary>What this browser shows now; null when it asked for nothing.</summary>
    internal static PhoneLink? Shown(HttpContext context) => ShellCookie.Phone.Read(context)?.Split('.') is [var challenge, var link] ? new PhoneLink(challenge, link) : null;

    private static async Task Start(HttpContext context, string? back, PhoneLinks links, CardOptions options, CancellationToken stop)
    {
        if (!options.TakesPhones)
        {
            await context.Refuse(Refusal.Of("card_unavailable"), new NextStep("ログインの画面へ", CitizenShell.LoginPath));
            return;
        }
        var link = await links.Ask(CardEndpoints.Origin(context), ShellCookie.BeforeLogin.Keep(context), stop);
        ShellCookie.Phone.Set(context, $"{link.Challenge}.{link.Link}", LinkLives);
        ShellCookie.CardBack.Set(context, CitizenShell.Back(back));
        context.SeeOther(WaitPath);
    }

    private static async Task<Answer<PhoneQuestionReply>> Open(HttpContext context, CardOptions options, PhoneLinks links, CancellationToken stop)
    {
        if (!options.TakesPhones) return Refusal.Of("card_unavailable");
        var body = await CardAnswersEndpoint.Read<OpenRequest>(context, stop);
        if (body.Refused is { } no) return no;
        if (body.Value.Link is null || body.Value.AgentVersion is null) return Refusal.Of("body_unreadable");
        if (options.TooOld(body.Value.AgentVersion) is { } old) return old;
        return (await links.Open(body.Value.Link, stop)).Then<PhoneQuestionReply>(q => new PhoneQuestionReply(q.Phone, q.Origin, q.Purpose.Code, q.ExpiresMs));
    }

    private static async Task<Answer<PhoneChallengeReply>> Choose(HttpContext context, CardOptions options, PhoneLinks links, CancellationToken stop)
    {
        if (!options.TakesPhones) return Refusal.Of("card_unavailable");
        var body = await CardAnswersEndpoint.Read<ChoiceRequest>(context, stop);
        if (body.Refused is { } no) return no;
        var asked = await links.Choose(body.Value.Link, body.Value.Phone, body.Value.Number, stop);
        return asked.Then<PhoneChallengeReply>(c => new PhoneChallengeReply(c.Id, c.Origin, c.Purpose.Code, Base64Url.EncodeToString(c.Random.Span), c.ExpiresMs));
    }
}
