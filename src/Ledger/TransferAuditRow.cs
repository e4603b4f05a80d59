using System.Data.Common;
using Npgsql;

namespace MyKey.Ledger;

/// <summary>A transfer row as it stands in the database, to be compared with its record.</summary>
internal sealed class TransferAuditRow
{
    private const string Columns = """
        select id, kind, citizen, entry_no, previous, time_ms, civil_day, actor_kind, actor, acceptor, terminal, programme, cancels, settings, issuer,
          amount, legs, height, pos from ledger_transfer where bucket = @bucket and id
        """;

    public TransferId Id { get; set; }
    public int Kind { get; set; }
    public CitizenId? Citizen { get; set; }
    public long EntryNo { get; set; }
    public TransferId? Previous { get; set; }
    public long TimeMs { get; set; }
    public int CivilDay { get; set; }
    public int ActorKind { get; set; }
    public Guid Actor { get; set; }
    public AcceptorId? Acceptor { get; set; }
    public TerminalId? Terminal { get; set; }
    public ProgrammeId? Programme { get; set; }
    public TransferId? Cancels { get; set; }
    public string Settings { get; set; } = "";
    public string Issuer { get; set; } = "";
    public long Amount { get; set; }
    public string Legs { get; set; } = "";
    public long Height { get; set; }
    public int Pos { get; set; }

    public static string Select(DbConnection connection) => connection is NpgsqlConnection ? Columns + " = any(@ids)" : Columns + " in (select unhex(value) from json_each(@ids))";

    public static object Parameters(DbConnection connection, int bucket, IEnumerable<TransferId> ids) => connection is NpgsqlConnection
        ? new { bucket, ids = ids.Select(i => i.Value).ToArray() }
        : new { bucket, ids = "[" + string.Join(',', ids.Select(i => $"\"{i.Value:N}\"")) + "]" };

    /// <summary>Every column against the record.</summary>
    public void Compare(TransferRecord record, TransferId? previous, long height, int pos, string place)
    {
        Same("kind", Kind, (int)record.Kind);
        Same("citizen", Citizen, record.Citizen);
        Same("entry_no", EntryNo, record.EntryNo);
        Same("previous", Previous, previous);
        Same("time_ms", TimeMs, record.TimeMs);
        Same("civil_day", CivilDay, record.CivilDay.ToNumber());
        Same("actor_kind", ActorKind, (int)record.Actor.Kind);
        Same("actor", Actor, record.Actor.Id);
        Same("acceptor", Acceptor, record.Acceptor);
        Same("terminal", Terminal, record.Terminal);
        Same("programme", Programme, record.Programme);
        Same("cancels", Cancels, record.Cancels);
        Same("settings", Settings, record.Settings);
        Same("issuer", Issuer, record.Issuer.Value);
        Same("amount", Amount, record.Amount);
        Same("legs", Legs, record.LegsText());
        Same("height", Height, height);
        Same("pos", Pos, pos);

        void Same<T>(string column, T stands, T recorded) =>
            Found.Unless(EqualityComparer<T>.Default.Equals(stands, recorded), $"{place}: {column} is {stands}, its record says {recorded}");
    }
}
