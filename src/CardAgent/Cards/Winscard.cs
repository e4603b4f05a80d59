using System.Runtime.InteropServices;

namespace MyKey.CardAgent.Cards;

/// <summary>
/// The functions of PC/SC on the three systems. DWORD and LONG have 8 bytes on Linux and 4 elsewhere; contexts and handles are as wide as
/// a pointer on Linux and Windows and have 4 bytes on macOS. One signature with 8 bytes everywhere serves all: at most eight integer
/// arguments go by register, where the callee takes the low part, and what it writes through a pointer lands in the low part
/// of a zeroed variable (all these systems are little-endian). Return codes are compared as 32 bits. Only the structures differ.
/// </summary>
internal static unsafe class Winscard
{
    public const uint Success = 0, Timeout = 0x8010000A, SharingViolation = 0x8010000B;

    public const nuint Shared = 2, T0OrT1 = 3, LeaveCard = 0, UnpowerCard = 2, SystemScope = 2;
    public const uint StatePresent = 0x20, StateChanged = 0x02;

    private static readonly nint Library = NativeLibrary.Load(
        OperatingSystem.IsWindows() ? "winscard.dll" : OperatingSystem.IsMacOS() ? "/System/Library/Frameworks/PCSC.framework/PCSC" : "libpcsclite.so.1");

    private static readonly delegate* unmanaged<nuint, nint, nint, nint*, nint> EstablishContextAt =
        (delegate* unmanaged<nuint, nint, nint, nint*, nint>)Entry("SCardEstablishContext");

    private static readonly delegate* unmanaged<nint, nint> ReleaseContextAt = (delegate* unmanaged<nint, nint>)Entry("SCardReleaseContext");

    private static readonly delegate* unmanaged<nint, byte*, byte*, nuint*, nint> ListReadersAt =
        (delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)Entry("SCardListReaders", text: true);

    private static readonly delegate* unmanaged<nint, nuint, byte*, nuint, nint> GetStatusChangeAt =
        (delegate* unmanaged<nint, nuint, byte*, nuint, nint>)Entry("SCardGetStatusChange", text: true);

    private static readonly delegate* unmanaged<nint, byte*, nuint, nuint, nint*, nuint*, nint> ConnectAt =
        (delegate* unmanaged<nint, byte*, nuint, nuint, nint*, nuint*, nint>)Entry("SCardConnect", text: true);

    private static readonly delegate* unmanaged<nint, nint> BeginTransactionAt = (delegate* unmanaged<nint, nint>)Entry("SCardBeginTransaction");

    private static readonly delegate* unmanaged<nint, nuint, nint> EndTransactionAt = (delegate* unmanaged<nint, nuint, nint>)Entry("SCardEndTransaction");

    private static readonly delegate* unmanaged<nint, nuint, nint> DisconnectAt = (delegate* unmanaged<nint, nuint, nint>)Entry("SCardDisconnect");

    private static readonly delegate* unmanaged<nint, byte*, byte*, nuint, byte*, byte*, nuint*, nint> TransmitAt =
        (delegate* unmanaged<nint, byte*, byte*, nuint, byte*, byte*, nuint*, nint>)Entry("SCardTransmit");

    private static bool Linux => !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS();

    public static uint EstablishContext(out nint context)
    {
        nint made = 0;
        var code = Code(EstablishContextAt(SystemScope, 0, 0, &made));
        context = made;
        return code;
    }

    public static void ReleaseContext(nint context) => ReleaseContextAt(context);

    /// <summary>Names as zero-terminated bytes: they are only handed back.</summary>
    public static uint ListReaders(nint context, out IReadOnlyList<byte[]> names)
    {
        names = [];
        nuint length = 0;
        var code = Code(ListReadersAt(context, null, null, &length));
        if (code != Success) return code;
        var buffer = new byte[(int)length + 2];
        fixed (byte* start = buffer) code = Code(ListReadersAt(context, null, start, &length));
        if (code != Success) return code;
        names = Split(buffer.AsSpan(0, (int)length));
        return Success;
    }

    /// <summary>Waits until a reader's state is another than the known one. States hold flags in the low, a counter in the high 16 bits.</summary>
    public static uint GetStatusChange(nint context, int timeoutMs, IReadOnlyList<byte[]> names, uint[] states)
    {
        var layout = StateLayout.Here;
        var memory = new byte[layout.Size * names.Count];
        var pins = names.Select(n => GCHandle.Alloc(n, GCHandleType.Pinned)).ToArray();
        try
        {
            for (var i = 0; i < names.Count; i++)
            {
                var state = memory.AsSpan(i * layout.Size, layout.Size);
                MemoryMarshal.Write(state, pins[i].AddrOfPinnedObject());
                MemoryMarshal.Write(state[layout.Current..], states[i]);
            }
            uint code;
            fixed (byte* start = memory) code = Code(GetStatusChangeAt(context, (nuint)timeoutMs, start, (nuint)names.Count));
            for (var i = 0; i < names.Count; i++)
                states[i] = MemoryMarshal.Read<uint>(memory.AsSpan(i * layout.Size + layout.Event));
            return code;
        }
        finally
        {
            foreach (var pin in pins) pin.Free();
        }
    }

    public static uint Connect(nint context, byte[] reader, out nint card, out nuint protocol)
    {
        nint handle = 0;
        nuint active = 0;
        uint code;
        fixed (byte* name = reader) code = Code(ConnectAt(context, name, Shared, T0OrT1, &handle, &active));
        (card, protocol) = (handle, active);
        return code;
    }

    public static uint BeginTransaction(nint card) => Code(BeginTransactionAt(card));

    public static uint EndTransaction(nint card) => Code(EndTransactionAt(card, LeaveCard));

    public static uint Disconnect(nint card) => Code(DisconnectAt(card, UnpowerCard));

    public static uint Transmit(nint card, nuint protocol, ReadOnlySpan<byte> command, out byte[] answer)
    {
        // SCARD_IO_REQUEST: two DWORDs, protocol and own length.
        var request = stackalloc nuint[2];
        if (Linux) (request[0], request[1]) = (protocol, 16);
        else request[0] = unchecked((nuint)((ulong)protocol | 8UL << 32));
        var buffer = new byte[264];
        nuint length = (nuint)buffer.Length;
        uint code;
        fixed (byte* send = command)
        fixed (byte* receive = buffer)
            code = Code(TransmitAt(card, (byte*)request, send, (nuint)command.Length, null, receive, &length));
        answer = code == Success ? buffer[..(int)length] : [];
        return code;
    }

    private static uint Code(nint raw) => unchecked((uint)raw);

    private static List<byte[]> Split(ReadOnlySpan<byte> list)
    {
        var names = new List<byte[]>();
        while (!list.IsEmpty && list[0] != 0)
        {
            var end = list.IndexOf((byte)0);
            if (end < 0) end = list.Length;
            names.Add([.. list[..end], 0]);
            list = list[Math.Min(end + 1, list.Length)..];
        }
        return names;
    }

    private static nint Entry(string name, bool text = false) => NativeLibrary.GetExport(Library, text && OperatingSystem.IsWindows() ? name + "A" : name);

    /// <summary>SCARD_READERSTATE: name, user data, then state known, state found, ATR. macOS packs it, Windows has a longer ATR.</summary>
    private readonly record struct StateLayout(int Size, int Current, int Event)
    {
        public static StateLayout Here =>
            OperatingSystem.IsWindows() ? new(64, 16, 20) : OperatingSystem.IsMacOS() ? new(61, 16, 20) : new(80, 16, 24);
    }
}
