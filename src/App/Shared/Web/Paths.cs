namespace MyKey.App.Shared.Web;

/// <summary>Machines and people ask at different paths: machines get problem+json, people get pages.</summary>
public static class Paths
{
    private static readonly PathString[] Machines = ["/api", "/card/answers", "/card/taps", "/card/phone/questions", "/card/phone/choices", "/healthz", "/readyz", "/log"];

    public static bool IsForMachines(this PathString path)
    {
        foreach (var machines in Machines)
            if (path.StartsWithSegments(machines, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>
    /// An address of this very site, fit to be led to. Anything else could be made to lead anywhere: //other.example and /\other.example
    /// are addresses of other sites.
    /// </summary>
    public static bool IsOurs(string? path) => path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl);
}
