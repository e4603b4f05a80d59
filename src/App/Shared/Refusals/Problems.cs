using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>The one place where a refusal becomes RFC 9457 problem details.</summary>
public static class Problems
{
    public const string MediaType = "application/problem+json";

    /// <summary>The page on which every code is explained.</summary>
    public const string TypePage = "/errors";

    private const string RuleMember = "rule";

    /// <summary>
    /// <c>type</c> leads to the explanation of the code, <c>title</c> says what happened, <c>detail</c> what to do next; further members
    /// are <c>code</c>, <c>rule</c>, <c>inquiry</c> and the facts of the refusal.
    /// </summary>
    public static ProblemDetails ProblemFor(Refusal refusal, string? inquiry = null)
    {
        var (what, rule, next) = refusal.Sentences();
        var problem = new ProblemDetails { Type = $"{TypePage}#{refusal.Code}", Title = what, Status = refusal.Status, Detail = next };
        problem.Extensions["code"] = refusal.Code;
        problem.Extensions[RuleMember] = rule;
        if (inquiry is not null) problem.Extensions["inquiry"] = inquiry;
        foreach (var (name, value) in refusal.Facts)
            problem.Extensions[name] = Plain(value);
        return problem;
    }

    /// <summary>Seconds after which a repeat makes sense, or null.</summary>
    public static int? RetryAfterSeconds(Refusal refusal) => refusal.Code switch
    {
        "busy" or "unavailable" => 1,
        "rate_limited" or "login_throttled" or "mail_throttled" or "queue_wait" => refusal.Facts.Where(f => f.Name == "wait").Select(f => Convert.ToInt32(f.Value, CultureInfo.InvariantCulture)).FirstOrDefault(60),
        _ => null,
    };

    private static object Plain(object value) => value switch
    {
        Kernel.Points points => points.Value,
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool or string or int or long => value,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
