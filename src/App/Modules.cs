using System.Reflection;

namespace MyKey.App;

/// <summary>Read this first: what the App is made of. A module is an assembly with migrations of its own and a small public surface.</summary>
public static class Modules
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        typeof(Kernel.Points).Assembly,
        typeof(Ledger.Directions).Assembly,
        typeof(Identity.Certificates.AuthCertificate).Assembly,
    ];
}
