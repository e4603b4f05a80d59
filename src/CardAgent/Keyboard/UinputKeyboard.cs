using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyKey.Kernel;

namespace MyKey.CardAgent.Keyboard;

/// <summary>
/// A keyboard of its own on Linux, made through /dev/uinput (the person needs the right to write there), the same for X11, Wayland and the console. Keys are places
/// on the board; digits and letters lie at the same ones on Japanese and American boards.
/// </summary>
public sealed partial class UinputKeyboard(Stream device) : IKeyboard
{
    public const string Path = "/dev/uinput";

    // linux/input-event-codes.h and linux/uinput.h.
    private const ushort Synchronise = 0, Key = 1, Enter = 28, LeftShift = 42;
    private const uint SetEventBit = 0x40045564, SetKeyBit = 0x40045565, Setup = 0x405C5503, Create = 0x5501;
    private const string Rows = "QWERTYUIOP", Middle = "ASDFGHJKL", Bottom = "ZXCVBNM";

    public static UinputKeyboard Open()
    {
        FileStream stream;
        try
        {
            stream = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (UnauthorizedAccessException no)
        {
            throw new IOException($"{Path} is not to be written", no);
        }
        try
        {
            Control(stream.SafeFileHandle, SetEventBit, Key);
            foreach (var key in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".Select(CodeOf).Append(Enter).Append(LeftShift)) Control(stream.SafeFileHandle, SetKeyBit, key);
            var setup = Description();
            Check(ControlWith(stream.SafeFileHandle, Setup, ref setup[0]));
            Control(stream.SafeFileHandle, Create, 0);
            return new UinputKeyboard(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Type(string number)
    {
        Must.Hold(Keys.CanType(number), "digits and letters are typed, and nothing else");
        foreach (var c in number)
        {
            if (char.IsAsciiLetterUpper(c)) Press(LeftShift, 1);
            Press(CodeOf(c), 1);
            Press(CodeOf(c), 0);
            if (char.IsAsciiLetterUpper(c)) Press(LeftShift, 0);
        }
        Press(Enter, 1);
        Press(Enter, 0);
        device.Flush();
    }

    public void Dispose() => device.Dispose();

    private static ushort CodeOf(char c) => c switch
    {
        '0' => 11,
        >= '1' and <= '9' => (ushort)(c - '1' + 2),
        _ when Rows.IndexOf(c) is >= 0 and var top => (ushort)(16 + top),
        _ when Middle.IndexOf(c) is >= 0 and var middle => (ushort)(30 + middle),
        _ => (ushort)(44 + Bottom.IndexOf(c)),
    };

    private void Press(ushort key, int down)
    {
        Span<byte> events = stackalloc byte[48];
        events.Clear();
        Write(events, Key, key, down);
        Write(events[24..], Synchronise, 0, 0);
        device.Write(events);
    }

    /// <summary>struct input_event on a 64-bit machine: time (the kernel fills it in), type, code, value.</summary>
    private static void Write(Span<byte> at, ushort type, ushort code, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at[16..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(at[18..], code);
        BinaryPrimitives.WriteInt32LittleEndian(at[20..], value);
    }

    /// <summary>struct uinput_setup: bus (virtual), vendor, product, version, name, force feedback.</summary>
    private static byte[] Description()
    {
        var setup = new byte[92];
        BinaryPrimitives.WriteUInt16LittleEndian(setup, 6);
        BinaryPrimitives.WriteUInt16LittleEndian(setup.AsSpan(6), 1);
        Encoding.ASCII.GetBytes("MyKey card agent", setup.AsSpan(8));
        return setup;
    }

    private static void Control(SafeFileHandle device, uint request, ushort value) => Check(ControlBy(device, request, value));

    private static void Check(int result)
    {
        if (result < 0) throw new IOException($"{Path}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlBy(SafeFileHandle device, nuint request, nint value);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlWith(SafeFileHandle device, nuint request, ref byte value);
}
