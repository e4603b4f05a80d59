using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>
/// The number a person can name when asking for help: the day and seven random signs that are hard to mistake, <c>E-20171215-7K2M9QX</c>.
/// It stands on the screen, in problem details, in log_refusal and in the log line, and means nothing else.
/// </summary>
public static class Inquiry
{
    private const string Signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static readonly object Key = new();

    /// <summary>The number of this request, the same however often it is asked for.</summary>
    public static string Number(this HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var known)) return (string)known!;
        var day = context.RequestServices.GetRequiredService<TimeProvider>().Today().ToNumber();
        var number = $"E-{day}-{RandomNumberGenerator.GetString(Signs, 7)}";
        context.Items[Key] = number;
        return number;
    }
}
