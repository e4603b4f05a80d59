using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>An API call of a citizen: who it is first, then what is asked for.</summary>
public static class CitizenCalls
{
    /// <summary>The citizen whose cookie came along.</summary>
    public static Task<Result<Citizen>> CitizenOf(this HttpContext context) =>
        context.RequestServices.GetRequiredService<CitizenShell>().Enter(context, context.RequestAborted);

    public static async Task<Result<T>> AsCitizen<T>(this HttpContext context, Func<Citizen, Task<Result<T>>> call)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : await call(citizen.Value);
    }
}
