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

    /// <summary>The same with a text that is put together only when the property does not hold: results are read dozens of times in a payment.</summary>
    [DebuggerHidden]
    public static void Hold([DoesNotReturnIf(false)] bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] BrokenText property,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!condition) throw new BrokenProperty(property.ToString(), Path.GetFileName(file), line);
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

/// <summary>A text whose holes are filled only for a property that does not hold.</summary>
[InterpolatedStringHandler]
public readonly ref struct BrokenText
{
    private readonly System.Text.StringBuilder? text;

    public BrokenText(int literalLength, int formattedCount, bool holds, out bool fill)
    {
        fill = !holds;
        if (fill) text = new System.Text.StringBuilder(literalLength + 16 * formattedCount);
    }

    public void AppendLiteral(string part) => text!.Append(part);

    public void AppendFormatted<T>(T part) => text!.Append(System.Globalization.CultureInfo.InvariantCulture, $"{part}");

    public override string ToString() => text?.ToString() ?? "";
}
