using System.Collections.Frozen;
using System.Globalization;
using MyKey.Kernel;

namespace MyKey.App.Lost;

/// <summary>Whom to call; numbers and hours change, so each line has the day from which it holds (K-18).</summary>
/// <param name="Number">Empty where there is no one number.</param>
public sealed record Contact(string Name, string Number, string Hours)
{
    /// <summary>For a telephone that dials by itself.</summary>
    public string Dial => Number.Replace("-", "", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
}

/// <summary><c>contacts.csv</c>.</summary>
public static class Contacts
{
    private static readonly FrozenDictionary<string, (int From, Contact Contact)[]> All =
        Lines().GroupBy(l => l.Key).ToFrozenDictionary(g => g.Key, g => g.Select(l => (l.From, l.Contact)).OrderByDescending(l => l.From).ToArray());

    /// <summary>Stops the card itself.</summary>
    public static Contact CallCentre(DateOnly day) => On("callcentre", day);

    public static Contact Police(DateOnly day) => On("police", day);

    /// <summary>Where the new card is applied for.</summary>
    public static Contact Municipality(DateOnly day) => On("municipality", day);

    private static Contact On(string key, DateOnly day)
    {
        var from = Array.FindIndex(All[key], l => l.From <= day.ToNumber());
        return All[key][from < 0 ? ^1 : from].Contact;
    }

    private static IEnumerable<(string Key, int From, Contact Contact)> Lines()
    {
        using var reader = new StreamReader(Must.Have(typeof(Contacts).Assembly.GetManifestResourceStream("MyKey.App.Lost.contacts.csv"), "contacts.csv is embedded"));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            yield return (cells[0], int.Parse(cells[1], CultureInfo.InvariantCulture), new Contact(cells[2], cells[3], cells[4]));
        }
    }
}
