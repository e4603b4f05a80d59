using Microsoft.AspNetCore.Diagnostics;
using MyKey.App.Shared.Web;
using MyKey.Kernel;
using MyKey.Kernel.RefusalLog;

namespace MyKey.App.Shared.Refusals;

/// <summary>A likely next step beside a refusal, e.g. 「1,800ポイントを使う」.</summary>
public sealed record NextStep(string Word, string Path);

/// <summary>Where refusals become answers: a problem for machines, a page for people, and one entry in log_refusal.</summary>
public static class RefusalAnswers
{
    private static readonly object Key = new();

    /// <summary>Notes a refusal that is about to be answered, in log_refusal.</summary>
    public static void Note(this HttpContext context, Refusal refusal)
    {
        AppMeter.Refused(refusal.Code);
        var caller = context.RequestServices.GetRequiredService<Caller>();
        var anonymous = caller.Actor is null && caller.Terminal is null;
        context.RequestServices.GetRequiredService<RefusalWriter>().Write(new RefusalEntry(refusal.Code, context.Request.Method, context.RoutePattern(),
            caller.Actor, caller.Terminal, anonymous ? Client.Hash(context) : null, context.Number()));
    }

    /// <summary>Ends the request with this refusal. People get the page of the shell they are in, at the address they asked for.</summary>
    public static Task Refuse(this HttpContext context, Refusal refusal, NextStep? next = null)
    {
        context.Note(refusal);
        context.Response.StatusCode = refusal.Status;
        if (Problems.RetryAfterSeconds(refusal) is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Challenge(context, refusal) is { } challenge) context.Response.Headers.WWWAuthenticate = challenge;
        if (context.Request.Path.IsForMachines()) return context.WriteProblem(refusal);
        // The status pages take it from here, so that a page refused in a handler and one refused on the way to it look the same.
        context.Items[Key] = (refusal, next);
        return Task.CompletedTask;
    }

    /// <summary>The refusal the request was ended with, for the page that shows it.</summary>
    public static (Refusal Refusal, NextStep? Next)? Refused(this HttpContext context) =>
        context.Items.TryGetValue(Key, out var refused) ? ((Refusal, NextStep?))refused! : null;

    /// <summary>How a machine shows who it is (RFC 6750); people are shown a login page instead.</summary>
    private static string? Challenge(HttpContext context, Refusal refusal)
    {
        if (!context.Request.Path.IsForMachines()) return null;
        if (refusal.Status == StatusCodes.Status401Unauthorized) return $"Bearer realm=\"MyKey\"{(refusal.Code == "key_unknown" ? ", error=\"invalid_token\"" : "")}";
        var machine = context.RequestServices.GetRequiredService<Caller>().Actor?.Kind == ActorKind.Machine;
        return machine && refusal.Code == "role_forbidden" ? "Bearer realm=\"MyKey\", error=\"insufficient_scope\"" : null;
    }

    internal static Task WriteProblem(this HttpContext context, Refusal refusal) =>
        context.Response.WriteAsJsonAsync(Problems.ProblemFor(refusal, context.Number()), options: null, contentType: Problems.MediaType);

    /// <summary>The pattern of the endpoint that was asked for, whatever answers in its place; never an address with its values.</summary>
    internal static string RoutePattern(this HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.Features.Get<IStatusCodeReExecuteFeature>()?.Endpoint ?? context.GetEndpoint();
        return (endpoint as RouteEndpoint)?.RoutePattern.RawText is { } pattern ? "/" + pattern.TrimStart('/') : "(none)";
    }
}
