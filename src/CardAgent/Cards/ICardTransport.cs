namespace MyKey.CardAgent.Cards;

public enum Place { NoReader, Empty, Card }

/// <summary>What lies on the reader.</summary>
/// <param name="Insertion">Another text each time a card is put on; empty where there is none.</param>
public readonly record struct Presence(Place Place, string Insertion)
{
    public static Presence NoReader { get; } = new(Place.NoReader, "");

    public static Presence Empty { get; } = new(Place.Empty, "");

    public static Presence Card(string insertion) => new(Place.Card, insertion);
}

/// <summary>
/// The way to a card: PC/SC on a person's machine. Calls block, <see cref="ICardLine.Transmit"/> for as long as a card likes; so they
/// are made in <see cref="CardWork"/> only.
/// </summary>
public interface ICardTransport
{
    /// <summary>What lies there now. Never touches the card.</summary>
    Presence Look();

    /// <summary>Waits until something else than <paramref name="seen"/> lies there, at most <paramref name="timeoutMs"/>.</summary>
    Presence Wait(Presence seen, int timeoutMs, CancellationToken stop);

    /// <summary>Takes the card for itself until the line is disposed; then the power goes off, and with it the verified PIN.</summary>
    /// <exception cref="CardUnreadable">The card is gone, mute, or in use for long.</exception>
    ICardLine Open();
}

public interface ICardLine : IDisposable
{
    /// <summary>Sends one command and returns data and status word.</summary>
    /// <exception cref="CardUnreadable">The card or the reader is gone.</exception>
    byte[] Transmit(ReadOnlySpan<byte> command);
}

/// <summary>The way to the card broke: nothing that the card said.</summary>
public sealed class CardUnreadable(string why, Exception? inner = null) : Exception(why, inner);
