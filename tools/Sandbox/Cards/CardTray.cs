namespace MyKey.Sandbox.Cards;

/// <summary>A card as the tray shows it.</summary>
public sealed record TrayCard(string Name, CardFile File, bool OnReader);

/// <summary>
/// A folder of card files and one reader. What lies on the reader stands in the file <c>on-reader</c> beside the cards, so that a
/// restart changes nothing. Files may be added while it runs.
/// </summary>
public sealed class CardTray : IDisposable
{
    private readonly Lock turn = new();
    private readonly string folder;
    private readonly CardReader reader;
    private SoftwareCard? card;
    private string? onReader;

    public CardTray(string folder, CardReader reader)
    {
        (this.folder, this.reader) = (folder, reader);
        Directory.CreateDirectory(folder);
        if (File.Exists(Note)) Put(File.ReadAllText(Note).Trim());
    }

    public IReadOnlyList<TrayCard> Cards
    {
        get
        {
            lock (turn)
            {
                return [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => Path.GetFileNameWithoutExtension(path))
                    .Select(name => new TrayCard(name, CardFile.Load(PathOf(name)), name == onReader))];
            }
        }
    }

    private string Note => Path.Combine(folder, "on-reader");

    /// <summary>Puts a card on the reader, after taking off whatever lies there. False when there is no such card.</summary>
    public bool Put(string name)
    {
        lock (turn)
        {
            if (!Exists(name)) return false;
            Clear();
            card = new SoftwareCard(CardFile.Load(PathOf(name)), changed => changed.Save(PathOf(name)));
            onReader = name;
            File.WriteAllText(Note, name);
            reader.Put(card);
            return true;
        }
    }

    public void Take()
    {
        lock (turn)
        {
            Clear();
            File.Delete(Note);
        }
    }

    /// <summary>The card in somebody's hand, held to a telephone: it comes off the reader for it.</summary>
    /// <returns>null when there is no such card.</returns>
    public SoftwareCard? Hold(string name)
    {
        lock (turn)
        {
            if (!Exists(name)) return null;
            if (name == onReader) Take();
            return new SoftwareCard(CardFile.Load(PathOf(name)), changed => changed.Save(PathOf(name)));
        }
    }

    /// <summary>What the counter of a municipality does: a new PIN, all tries again. The card comes off the reader for it.</summary>
    public bool DecidePin(string name, string pin)
    {
        lock (turn)
        {
            if (!Exists(name) || pin.Length != 4 || !pin.All(char.IsAsciiDigit)) return false;
            if (name == onReader) Take();
            (CardFile.Load(PathOf(name)) with { Pin = pin, Tries = CardFile.AllTries }).Save(PathOf(name));
            return true;
        }
    }

    /// <summary>One more card, beside the others; a name that is taken gets a number.</summary>
    public void Add(string name, CardFile file)
    {
        lock (turn)
        {
            var free = name;
            for (var number = 2; File.Exists(PathOf(free)); number++) free = $"{name}-{number}";
            file.Save(PathOf(free));
        }
    }

    public void Dispose() => card?.Dispose();

    private void Clear()
    {
        reader.Put(null);
        card?.Dispose();
        (card, onReader) = (null, null);
    }

    private bool Exists(string name) => name.Length > 0 && name == Path.GetFileName(name) && File.Exists(PathOf(name));

    private string PathOf(string name) => Path.Combine(folder, name + ".json");
}
