using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CsvHelper;
using MyKey.Kernel;

namespace MyKey.App.Shared.Csv;

/// <summary>A CSV file in UTF-8 that is read and hashed while it comes: a million lines cost no more memory than some of them. The header is line 1.</summary>
internal sealed class HashedCsv(Stream body) : IDisposable
{
    private readonly SHA256 sha = SHA256.Create();

    /// <summary>Of all bytes, once they were read; 64 lower-case hex digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(Must.Have(sha.Hash, "the file was read to its end"));

    /// <summary>Why it can't be read at all; set before the first line.</summary>
    public Refusal? Unreadable { get; private set; }

    /// <param name="places">Where each column stands, by the names in half-width small letters; or why the file can't be read.</param>
    /// <param name="line">One line, with those places.</param>
    public async IAsyncEnumerable<List<T>> Chunks<T>(int linesAtOnce, Func<List<string>, Result<int[]>> places, Func<CsvReader, int[], T> line, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var hashed = new CryptoStream(body, sha, CryptoStreamMode.Read, leaveOpen: true);
        using var reader = CsvReader.Create(hashed, CsvTable.Form, true);
        var at = places(await Header(reader, stop));
        Unreadable = at.Refused;
        if (!at.Ok) yield break;
        var lines = new List<T>(linesAtOnce);
        while (await reader.ReadAsync(stop))
        {
            lines.Add(line(reader, at.Value));
            if (lines.Count < linesAtOnce) continue;
            yield return lines;
            lines = new List<T>(linesAtOnce);
        }
        if (lines.Count > 0) yield return lines;
    }

    public void Dispose() => sha.Dispose();

    private static async Task<List<string>> Header(CsvReader reader, CancellationToken stop)
    {
        var names = new List<string>();
        if (await reader.ReadAsync(stop))
            for (var i = 0; i < reader.FieldCount; i++) names.Add(CsvTable.Same(reader.GetString(i).TrimStart('\uFEFF')));
        return names;
    }
}
