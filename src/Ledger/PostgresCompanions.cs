using Npgsql;

namespace MyKey.Ledger;

/// <summary>Companions as statements for PostgreSQL: each alone, or those that can be set-wise in one.</summary>
internal static class PostgresCompanions
{
    public static NpgsqlBatchCommand Alone(Companion companion) => Command(companion.Sql, companion.Parameters.Select(p => (p.Name, Plain(p.Value) ?? DBNull.Value)));

    public static IEnumerable<(NpgsqlBatchCommand Command, int Rows)> Together(IReadOnlyList<Companion> companions)
    {
        foreach (var same in companions.Where(c => c.Many is not null).GroupBy(c => c.Many!))
        {
            var all = same.ToList();
            yield return (Command(same.Key, all[0].Parameters.Select((p, at) => (p.Name, (object)Column(all, at)))), all.Sum(c => c.Rows));
        }
        foreach (var companion in companions.Where(c => c.Many is null)) yield return (Alone(companion), companion.Rows);
    }

    private static NpgsqlBatchCommand Command(string sql, IEnumerable<(string Name, object Value)> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var (name, value) in parameters) command.Parameters.Add(new NpgsqlParameter(name, value));
        return command;
    }

    private static Array Column(List<Companion> all, int at) => Plain(all[0].Parameters[at].Value) switch
    {
        Guid => Cells<Guid>(all, at),
        long => Cells<long>(all, at),
        int => Cells<int>(all, at),
        string => Cells<string>(all, at),
        byte[] => Cells<byte[]>(all, at),
        _ => throw new BrokenProperty($"a companion for many has plain values: {all[0].Parameters[at].Name}", nameof(PostgresCompanions), 0),
    };

    private static T[] Cells<T>(List<Companion> all, int at)
    {
        var cells = new T[all.Count];
        for (var i = 0; i < cells.Length; i++) cells[i] = (T)Plain(all[i].Parameters[at].Value)!;
        return cells;
    }

    private static object? Plain(object? value) => value is IId id ? id.Value : value;
}
