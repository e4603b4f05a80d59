using System.Runtime.InteropServices;
using MyKey.Kernel;

namespace MyKey.CardAgent.Keyboard;

/// <summary>
/// SendInput of Windows. Characters go as such and not as places on the board, so neither Caps Lock nor a Japanese input method changes them. Windows lets nothing
/// be typed into the window of a program with higher rights than this one.
/// </summary>
public sealed partial class WindowsKeyboard : IKeyboard
{
    private const uint TypeKeyboard = 1, KeyUp = 2, Unicode = 4;
    private const ushort Return = 0x0D;

    public void Type(string number)
    {
        Must.Hold(Keys.CanType(number), "digits and letters are typed, and nothing else");
        var inputs = Inputs(number);
        if (SendInput((uint)inputs.Length, inputs, Marshal.SizeOf<Input>()) != inputs.Length) throw new IOException($"SendInput: error {Marshal.GetLastPInvokeError()}");
    }

    public void Dispose()
    {
    }

    /// <summary>Each key down and up, and Enter at the end.</summary>
    public static Input[] Inputs(string number) =>
    [
        .. number.SelectMany(c => new Input[] { new() { Type = TypeKeyboard, Scan = c, Flags = Unicode }, new() { Type = TypeKeyboard, Scan = c, Flags = Unicode | KeyUp } }),
        new() { Type = TypeKeyboard, Virtual = Return },
        new() { Type = TypeKeyboard, Virtual = Return, Flags = KeyUp },
    ];

    /// <summary>INPUT with its KEYBDINPUT on 64-bit Windows: the union is as long as a MOUSEINPUT.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    public struct Input
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(8)]
        public ushort Virtual;

        [FieldOffset(10)]
        public ushort Scan;

        [FieldOffset(12)]
        public uint Flags;
    }

    [LibraryImport("user32.dll", SetLastError = true)]
    private static partial uint SendInput(uint count, Input[] inputs, int size);
}
