using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Identity.Challenges;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <param name="Code">Good once, 60 s, with the cookie that asked.</param>
public sealed record CardCode(string Code);

/// <summary>The agent's part of docs/card-protocol.md: what a card has signed, or only shown.</summary>
public static class CardAnswersEndpoint
{
    private const int LargestBody = 16 * 1024;

    internal sealed record SignedAnswer
    {
        public required string ChallengeId { get; init; }

        public required string Certificate { get; init; }

        public required string Signature { get; init; }

        public required string AgentVersion { get; init; }
    }

    internal sealed record TapAnswer
    {
        public required string TapId { get; init; }

        public required string Certificate { get; init; }

        public required string AgentVersion { get; init; }
    }

    public static void MapCardAnswers(this WebApplication app)
    {
        app.MapPost("/card/answers", Signed).RequireRateLimiting(RateLimits.Attempts);
        app.MapPost("/card/taps", Tapped).RequireRateLimiting(RateLimits.Attempts);
    }

    private static async Task<Answer<CardCode>> Signed(HttpContext context, CardOptions options, CancellationToken stop)
    {
        if (!options.On) return Refusal.Of("card_unavailable");
        var body = await Read<SignedAnswer>(context, stop);
        if (body.Refused is { } no) return no;
        var (id, certificate, signature) = (body.Value.ChallengeId, Bytes(body.Value.Certificate), Bytes(body.Value.Signature));
        if (id is null || certificate is null || signature is null || body.Value.AgentVersion is null) return Refusal.Of("body_unreadable");
        if (options.TooOld(body.Value.AgentVersion) is { } old) return old;
        var answer = context.RequestServices.GetRequiredService<AnswerChallenge>();
        return Answer.Created((await answer.Signature(id, certificate, signature, stop)).Then<CardCode>(code => new CardCode(code)));
    }

    private static async Task<Answer<CardCode>> Tapped(HttpContext context, CardOptions options, CancellationToken stop)
    {
        if (!options.On) return Refusal.Of("card_unavailable");
        var body = await Read<TapAnswer>(context, stop);
        if (body.Refused is { } no) return no;
        var (id, certificate) = (body.Value.TapId, Bytes(body.Value.Certificate));
        if (id is null || certificate is null || body.Value.AgentVersion is null) return Refusal.Of("body_unreadable");
        if (options.TooOld(body.Value.AgentVersion) is { } old) return old;
        var answer = context.RequestServices.GetRequiredService<AnswerChallenge>();
        return Answer.Created((await answer.Tap(id, certificate, stop)).Then<CardCode>(code => new CardCode(code)));
    }

    internal static async Task<Result<T>> Read<T>(HttpContext context, CancellationToken stop) where T : class
    {
        if (!context.Request.HasJsonContentType()) return Refusal.Of("media_type");
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestBody;
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(stop) is { } body ? body : Refusal.Of("body_unreadable");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refusal.Of("too_large");
        }
        catch (JsonException)
        {
            return Refusal.Of("body_unreadable");
        }
    }

    /// <returns>null for what is not base64url without padding.</returns>
    internal static byte[]? Bytes(string? text) =>
        text is not null && !text.Contains('=', StringComparison.Ordinal) && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
