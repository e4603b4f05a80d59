using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>Bare HTTP statuses of the framework, told in our own codes.</summary>
public static class Statuses
{
    /// <returns>The refusal, or null for a status that is none (a fault).</returns>
    public static Refusal? RefusalOf(int status, bool forMachines) => status switch
    {
        StatusCodes.Status400BadRequest => Refusal.Of(forMachines ? "body_unreadable" : "form_expired"),
        StatusCodes.Status401Unauthorized => Refusal.Of("login_required"),
        StatusCodes.Status403Forbidden => Refusal.Of("role_forbidden"),
        StatusCodes.Status404NotFound => Refusal.Of("not_found"),
        StatusCodes.Status405MethodNotAllowed => Refusal.Of("method_not_allowed"),
        StatusCodes.Status413PayloadTooLarge => Refusal.Of("too_large"),
        StatusCodes.Status415UnsupportedMediaType => Refusal.Of("media_type"),
        StatusCodes.Status429TooManyRequests => Refusal.Of("rate_limited"),
        StatusCodes.Status503ServiceUnavailable => Refusal.Of("busy"),
        _ => null,
    };

    /// <summary>An address that leads nowhere is not worth a line: the log would be written by whoever tries doors.</summary>
    public static bool IsWorthNoting(int status) => status is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed);

    /// <summary>Machines: an empty answer with an error status gets its problem.</summary>
    public static async Task Answer(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (RefusalOf(status, forMachines: true) is { } refusal)
        {
            if (IsWorthNoting(status)) context.Note(refusal);
            await context.WriteProblem(refusal);
        }
        else
        {
            await context.Response.WriteAsJsonAsync(Faults.Problem(context, status), options: null, contentType: Problems.MediaType);
        }
    }
}
