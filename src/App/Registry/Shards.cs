using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace MyKey.App.Registry;

/// <summary>
/// Very many rows by their key, in parts that never change once they are shown. Changed rows make another one, which shares every part that they don't touch: whoever reads the old one reads on, and a change
/// costs what it changes.
/// </summary>
public sealed class Shards<TKey, TValue> where TKey : struct, IEquatable<TKey>
{
    /// <summary>About so many rows are in a part when the parts are made, and on the average so many at most: then there will be more parts.</summary>
    private const int Few = 256, Most = 1024;

    private readonly Dictionary<TKey, TValue>[] parts;

    private Shards(Dictionary<TKey, TValue>[] parts, int count) => (this.parts, Count) = (parts, count);

    public static Shards<TKey, TValue> None { get; } = new([[]], 0);

    public int Count { get; }

    public IEnumerable<KeyValuePair<TKey, TValue>> Rows => parts.SelectMany(p => p);

    public IEnumerable<TValue> Values => parts.SelectMany(p => p.Values);

    public int Parts => parts.Length;

    /// <summary>How many parts two have in common.</summary>
    public int Shares(Shards<TKey, TValue> other) => parts.Count(p => other.parts.Contains(p));

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => parts[At(key, parts.Length)].TryGetValue(key, out value);

    public TValue? GetValueOrDefault(TKey key) => parts[At(key, parts.Length)].GetValueOrDefault(key);

    /// <returns>All rows with the changed ones as they are now; for none this one itself.</returns>
    public Shards<TKey, TValue> With(IReadOnlyCollection<KeyValuePair<TKey, TValue>> changed)
    {
        if (changed.Count == 0) return this;
        if (Count + changed.Count > parts.Length * Most) return Spread(changed);
        var (now, count) = ((Dictionary<TKey, TValue>[])parts.Clone(), Count);
        foreach (var (key, value) in changed)
        {
            var at = At(key, now.Length);
            if (now[at] == parts[at]) now[at] = new(parts[at]);
            var before = now[at].Count;
            now[at][key] = value;
            count += now[at].Count - before;
        }
        return new(now, count);
    }

    private Shards<TKey, TValue> Spread(IReadOnlyCollection<KeyValuePair<TKey, TValue>> changed)
    {
        var sizes = new int[BitOperations.RoundUpToPowerOf2((uint)((Count + changed.Count) / Few))];
        foreach (var (key, _) in Rows.Concat(changed)) sizes[At(key, sizes.Length)]++;
        var now = Array.ConvertAll(sizes, size => new Dictionary<TKey, TValue>(size));
        foreach (var (key, value) in Rows.Concat(changed)) now[At(key, now.Length)][key] = value;
        return new(now, now.Sum(p => p.Count));
    }

    /// <summary>By the upper bits of the scattered hash, because a part's own buckets go by the hash itself.</summary>
    private static int At(TKey key, int parts) => (int)((ulong)unchecked((uint)key.GetHashCode() * 2_654_435_769u) * (uint)parts >> 32);
}
