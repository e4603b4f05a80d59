using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>An API call of staff: who it is first, then what is asked for.</summary>
public static class StaffCalls
{
    public static Task<Result<T>> InOffice<T>(this HttpContext context, Func<StaffAtWork, Task<Result<T>>> call) => context.At(StaffDoor.Office, call);

    public static Task<Result<T>> AtPlatform<T>(this HttpContext context, Func<StaffAtWork, Task<Result<T>>> call) => context.At(StaffDoor.Operator, call);

    public static async Task<Result<T>> At<T>(this HttpContext context, StaffDoor door, Func<StaffAtWork, Task<Result<T>>> call)
    {
        var work = await context.Staff(door);
        return work.Refused is { } nobody ? nobody : await call(work.Value);
    }
}
