using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.MyPage;

/// <param name="Kind"><c>points</c>, <c>event</c>, <c>reserved</c>, <c>pledge</c> or <c>entitlement</c>.</param>
/// <param name="Issuer">6 digits; null for reserved points.</param>
public sealed record LostPointsReply(string Kind, string? Issuer, string Name, long Amount);

/// <param name="Tickets">Numbers of those that stay good until their day.</param>
public sealed record MyRevocationReply(IReadOnlyList<LostPointsReply> Points, IReadOnlyList<string> Links, IReadOnlyList<string> Counters, IReadOnlyList<string> Tickets);

/// <param name="Agent">Address of the card agent with the question; it names what is lost and asks for the PIN.</param>
public sealed record RevocationQuestionReply(string Agent);

/// <param name="Code">What the agent got for the card's signature.</param>
public sealed record MyRevocationRequest(string Code);

/// <summary>The ID given up with card and PIN for this very action (S0-5016a): the question, and what its answer does.</summary>
public sealed class RevokeByCard(FindLost lost, UseCardCode use, RevokeMyKeyId revoke)
{
    public const string Path = "/my/id/revoke", AskPath = "/my/id/revoke/card", DonePath = "/revoked";

    public static CitizenCardAction Action { get; } = new(Purpose.RevokeId,
        async (context, code) => (await context.RequestServices.GetRequiredService<RevokeByCard>().Run(context, code)).Then<string>(_ => DonePath), Path);

    /// <returns>The agent's address; it shows what is lost and asks for the PIN.</returns>
    public async Task<string> Ask(HttpContext context, Citizen citizen)
    {
        var what = await lost.Of(citizen.Id, context.RequestAborted);
        Detail[] details = [new(DetailLabel.Id, citizen.MyKeyId.Value), new(DetailLabel.Lost, what.InShort)];
        return await context.AskAction(Purpose.RevokeId, details, RevokeMyKeyId.Binding(citizen.Id, what.Whole));
    }

    /// <returns>As <see cref="RevokeMyKeyId.Revoke"/>, and what the session is refused for.</returns>
    public async Task<Result<CitizenId>> Run(HttpContext context, string? code)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var proof = await use.Use(code, ShellCookie.BeforeLogin.Read(context), context.RequestAborted);
        if (proof.Refused is { } no) return no;
        var what = await lost.Of(citizen.Value.Id, context.RequestAborted);
        var done = await revoke.Revoke(context.RequestServices.GetRequiredService<SignedIn>().Session, proof.Value, what.Whole, context.RequestAborted);
        if (done.Refused is { } refused) return refused;
        ShellCookie.Citizen.Clear(context);
        ShellCookie.BeforeLogin.Clear(context);
        return done;
    }
}

/// <summary><c>/api/v1/my/revocation</c>, and the page's link to the agent.</summary>
public static class RevokeEndpoint
{
    public static void MapRevocation(this WebApplication app)
    {
        app.MapGet(RevokeByCard.AskPath, Go).RequireRateLimiting(RateLimits.Attempts);
        var group = app.MapGroup("/api/v1/my/revocation").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("", List);
        group.MapPost("/question", Question);
        group.MapPost("", Revoke);
    }

    private static async Task Go(HttpContext context, RevokeByCard revoke, CardOptions cards)
    {
        var citizen = await context.CitizenOf();
        context.SeeOther(citizen.Refused is not null ? CitizenShell.LoginFor(RevokeByCard.Path, expired: false) : cards.On ? await revoke.Ask(context, citizen.Value) : RevokeByCard.Path);
    }

    private static async Task<Answer<MyRevocationReply>> List(HttpContext context, FindLost lost, CancellationToken stop) => await context.AsCitizen<MyRevocationReply>(async citizen =>
    {
        var what = await lost.Of(citizen.Id, stop);
        return new MyRevocationReply([.. what.Points.Select(p => new LostPointsReply(p.Kind, p.Issuer == MunicipalityCode.Pool ? null : p.Issuer.Value, p.Name, p.Amount.Value))],
            what.Links, what.Counters, [.. what.Tickets.Select(t => t.Number)]);
    });

    private static async Task<Answer<RevocationQuestionReply>> Question(HttpContext context, RevokeByCard revoke, CardOptions cards) => await context.AsCitizen<RevocationQuestionReply>(async citizen =>
        cards.On ? new RevocationQuestionReply(await revoke.Ask(context, citizen)) : Refusal.Of("card_unavailable"));

    private static async Task<Answer<bool>> Revoke(MyRevocationRequest request, HttpContext context, RevokeByCard revoke) =>
        (await revoke.Run(context, request.Code)).Then<bool>(_ => true);
}
