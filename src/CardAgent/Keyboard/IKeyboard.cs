namespace MyKey.CardAgent.Keyboard;

/// <summary>
/// A keyboard as the operating system takes one: what it types goes into the window that has the focus, as from the wand of a bar-code reader (S2-P9d).
/// </summary>
public interface IKeyboard : IDisposable
{
    /// <summary>Presses and releases the keys of a number, and then Enter.</summary>
    /// <param name="number">Digits and letters A–Z (<see cref="Keys.CanType"/>).</param>
    /// <exception cref="IOException">The operating system takes no keys now.</exception>
    void Type(string number);
}

public static class Keys
{
    private const int Longest = 40;

    /// <summary>Nothing else is ever typed: no key that could do something in the window.</summary>
    public static bool CanType(string number) => number.Length is > 0 and <= Longest && number.All(c => c is >= '0' and <= '9' or >= 'A' and <= 'Z');

    /// <summary>The keyboard of this machine.</summary>
    /// <exception cref="IOException">There is none that this program may use.</exception>
    public static IKeyboard Open() =>
        OperatingSystem.IsWindows() ? new WindowsKeyboard()
        : OperatingSystem.IsLinux() ? UinputKeyboard.Open()
        : throw new IOException("numbers are typed on Windows and Linux only");
}
