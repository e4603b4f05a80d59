using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Web;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Shared.Refusals;

/// <summary>
/// Exceptions that reached the edge. One that says "your request can't be read" is a refusal, and so is a database that is
/// away; every other is a fault of ours: logged once with the inquiry number, answered with 500 and nothing of its inside.
/// </summary>
public sealed partial class Faults(ILogger<Faults> log) : IExceptionHandler
{
    private const int ClientIsGone = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientIsGone;
            return true;
        }
        if (Unreadable(exception) is { } unreadable)
        {
            var forMachines = httpContext.Request.Path.IsForMachines();
            await httpContext.Refuse(Unknown(unreadable) ?? Statuses.RefusalOf(unreadable.StatusCode, forMachines) ?? Refusal.Of("body_unreadable"));
            return true;
        }
        if (Outage.Is(exception))
        {
            log.LogWarning(exception, "The database does not answer {Inquiry} at {Method} {Route}", httpContext.Number(), httpContext.Request.Method, httpContext.RoutePattern());
            await httpContext.Refuse(Refusal.Of("unavailable"));
            return true;
        }
        log.LogError(exception, "Fault {Inquiry} at {Method} {Route}", httpContext.Number(), httpContext.Request.Method, httpContext.RoutePattern());
        // Left empty: the status pages give it the form the caller can read.
        httpContext.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return true;
    }

    public static ProblemDetails Problem(HttpContext context, int status)
    {
        var problem = new ProblemDetails
        {
            Type = $"{Problems.TypePage}#fault", Status = status, Title = "こちらの不具合で、答えられません",
            Detail = "同じ番号の手続きは、もう一度送っても二重にはなりません。続くときは、番号を伝えてお問い合わせください",
        };
        problem.Extensions["code"] = "fault";
        problem.Extensions["inquiry"] = context.Number();
        return problem;
    }

    /// <summary>A field that no request has (S0-3005): only the words of the reader say which it is.</summary>
    private static Refusal? Unknown(BadHttpRequestException unreadable) =>
        unreadable.InnerException is System.Text.Json.JsonException json && UnknownField().Match(json.Message) is { Success: true } field ? Refusal.Of("field_unknown", ("field", field.Groups[1].Value)) : null;

    private static BadHttpRequestException? Unreadable(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is BadHttpRequestException bad) return bad;
        return null;
    }

    [GeneratedRegex(@"^The JSON property '(\w{1,40})' could not be mapped ")]
    private static partial Regex UnknownField();
}
