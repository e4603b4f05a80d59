using System.Globalization;
using System.Text;

namespace MyKey.CardAgent.Cards;

/// <summary>The readers of this machine through PC/SC. The first reader with a card counts.</summary>
public sealed class PcscTransport : ICardTransport
{
    private const int SliceMs = 500;
    private const int SharingTries = 20;

    public Presence Look() => Find(out _);

    public Presence Wait(Presence seen, int timeoutMs, CancellationToken stop)
    {
        var until = Environment.TickCount64 + timeoutMs;
        while (true)
        {
            var now = Find(out var states);
            var left = until - Environment.TickCount64;
            if (now != seen || left <= 0 || stop.IsCancellationRequested) return now;
            var slice = (int)Math.Min(left, SliceMs);
            // Readers come and go, and the service with them: nothing to wait at means looking again a little later.
            if (now.Place == Place.NoReader) stop.WaitHandle.WaitOne(slice);
            else WithContext(context => Winscard.GetStatusChange(context, slice, states.Names, [.. states.Found.Select(s => s & ~Winscard.StateChanged)]));
        }
    }

    public ICardLine Open()
    {
        var presence = Find(out var states);
        if (presence.Place != Place.Card) throw new CardUnreadable("the card is gone");
        Check(Winscard.EstablishContext(out var context), "context");
        try
        {
            return Connect(context, states.Names[states.WithCard]);
        }
        catch
        {
            Winscard.ReleaseContext(context);
            throw;
        }
    }

    private static PcscLine Connect(nint context, byte[] reader)
    {
        nint card;
        nuint protocol;
        uint code;
        var tries = 0;
        // Another program may hold the card for itself for a moment; a reader may still be busy with the card that was just put on.
        while ((code = Winscard.Connect(context, reader, out card, out protocol)) == Winscard.SharingViolation && ++tries < SharingTries)
            CancellationToken.None.WaitHandle.WaitOne(100);
        Check(code, "connect");
        var line = new PcscLine(context, card, protocol);
        code = Winscard.BeginTransaction(card);
        if (code == Winscard.Success) return line;
        Winscard.Disconnect(card);
        throw new CardUnreadable($"transaction: 0x{code:X8}");
    }

    private static Presence Find(out ReaderStates states)
    {
        var found = ReaderStates.None;
        WithContext(context =>
        {
            var code = Winscard.ListReaders(context, out var names);
            if (code != Winscard.Success || names.Count == 0) return code;
            var now = new uint[names.Count];
            code = Winscard.GetStatusChange(context, 0, names, now);
            if (code is Winscard.Success or Winscard.Timeout) found = new ReaderStates(names, now);
            return code;
        });
        states = found;
        if (found.Names.Count == 0) return Presence.NoReader;
        if (found.WithCard < 0) return Presence.Empty;
        // The counter in the high half moves with every insertion and removal.
        var counter = (found.Found[found.WithCard] >> 16).ToString(CultureInfo.InvariantCulture);
        return Presence.Card($"{Encoding.UTF8.GetString(found.Names[found.WithCard]).TrimEnd('\0')} {counter}");
    }

    /// <summary>A context is bound to the service's life, so none is kept.</summary>
    private static void WithContext(Func<nint, uint> work)
    {
        if (Winscard.EstablishContext(out var context) != Winscard.Success) return;
        try
        {
            work(context);
        }
        finally
        {
            Winscard.ReleaseContext(context);
        }
    }

    private static void Check(uint code, string what)
    {
        if (code != Winscard.Success) throw new CardUnreadable($"{what}: 0x{code:X8}");
    }

    private sealed record ReaderStates(IReadOnlyList<byte[]> Names, uint[] Found)
    {
        public static ReaderStates None { get; } = new([], []);

        public int WithCard => Array.FindIndex(Found, s => (s & Winscard.StatePresent) != 0);
    }

    private sealed class PcscLine(nint context, nint card, nuint protocol) : ICardLine
    {
        private bool closed;

        public byte[] Transmit(ReadOnlySpan<byte> command)
        {
            Check(Winscard.Transmit(card, protocol, command, out var answer), "transmit");
            return answer;
        }

        public void Dispose()
        {
            if (closed) return;
            closed = true;
            Winscard.EndTransaction(card);
            Winscard.Disconnect(card);
            Winscard.ReleaseContext(context);
        }
    }
}
