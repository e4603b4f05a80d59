namespace MyKey.Kernel;

/// <summary>A list of ours in a file beside the code that reads it: a line of names, then a line for each row; cells parted by semicolons, which no cell contains.</summary>
public static class Embedded
{
    /// <param name="beside">A type of the file's folder: its namespace and assembly say where the file is.</param>
    /// <param name="cells">How many each row has.</param>
    public static IEnumerable<string[]> Rows(Type beside, string file, int cells)
    {
        using var reader = new StreamReader(Must.Have(beside.Assembly.GetManifestResourceStream(beside, file), $"{file} is embedded"));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var row = line.Split(';');
            Must.Hold(row.Length == cells, $"a row of {file} has {cells} cells: {line}");
            yield return row;
        }
    }
}
