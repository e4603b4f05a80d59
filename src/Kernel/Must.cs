using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MyKey.Kernel;

/// <summary>Assertions that stay on in production. A failed one is a bug: the work stops before it can do harm.</summary>
public static class Must
{
    [DebuggerHidden]
    public static void Hold([DoesNotReturnIf(false)] bool condition, string property,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!condition) throw new BrokenProperty(property, Path.GetFileName(file), line);
    }

    [DebuggerHidden]
    public static T Have<T>([NotNull] T? value, string what, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        where T : class
    {
        Hold(value is not null, what, file, line);
        return value;
    }
}

/// <summary>A property that must hold did not.</summary>
public sealed class BrokenProperty(string property, string file, int line)
    : Exception($"Does not hold: {property} ({file}:{line})");
