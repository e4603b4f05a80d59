using System.Formats.Cbor;
using MyKey.Kernel.Chain;

namespace MyKey.Kernel.OperationLog;

/// <summary>
/// A row of log_operation and its canonical bytes: <c>[1, bucket, id, time_ms, civil_day, action, actor_kind, actor, subject, citizen,
/// terminal, before, after, reason]</c>, ids as 16 bytes, civil_day as yyyymmdd, null where the column is. Frozen by golden vectors.
/// </summary>
public sealed record OperationRecord
{
    public const int FormatVersion = 1;

    /// <summary>The kind of its entry in a block.</summary>
    public const int EntryKind = 1;

    public int Bucket { get; init; }
    public Guid Id { get; init; }
    public long TimeMs { get; init; }
    public int CivilDay { get; init; }
    public string Action { get; init; } = "";
    public int ActorKind { get; init; }
    public Guid Actor { get; init; }
    public Guid? Subject { get; init; }
    public Guid? Citizen { get; init; }
    public Guid? Terminal { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
    public string? Reason { get; init; }

    public byte[] Bytes()
    {
        var w = Canonical.Writer();
        w.WriteStartArray(14);
        w.WriteInt32(FormatVersion);
        w.WriteInt32(Bucket);
        w.Id(Id);
        w.WriteInt64(TimeMs);
        w.WriteInt32(CivilDay);
        w.WriteTextString(Action);
        w.WriteInt32(ActorKind);
        w.Id(Actor);
        w.IdOrNull(Subject);
        w.IdOrNull(Citizen);
        w.IdOrNull(Terminal);
        TextOrNull(w, Before);
        TextOrNull(w, After);
        TextOrNull(w, Reason);
        w.WriteEndArray();
        return w.Encode();
    }

    /// <exception cref="CborContentException">Not the canonical form.</exception>
    public static OperationRecord Read(byte[] bytes) => Canonical.Read(bytes, Read);

    private static OperationRecord Read(CborReader r)
    {
        if (r.ReadStartArray() != 14 || r.ReadInt32() != FormatVersion) throw new CborContentException("not an operation record");
        var record = new OperationRecord
        {
            Bucket = r.ReadInt32(), Id = r.Id(), TimeMs = r.ReadInt64(), CivilDay = r.ReadInt32(), Action = r.ReadTextString(), ActorKind = r.ReadInt32(),
            Actor = r.Id(), Subject = r.IdOrNull(), Citizen = r.IdOrNull(), Terminal = r.IdOrNull(),
            Before = TextOrNull(r), After = TextOrNull(r), Reason = TextOrNull(r),
        };
        r.End();
        return record;
    }

    /// <summary>The first column in which two rows differ, or null.</summary>
    public string? FirstDifference(OperationRecord other) =>
        Bucket != other.Bucket ? "bucket"
        : Id != other.Id ? "id"
        : TimeMs != other.TimeMs ? "time_ms"
        : CivilDay != other.CivilDay ? "civil_day"
        : Action != other.Action ? "action"
        : ActorKind != other.ActorKind ? "actor_kind"
        : Actor != other.Actor ? "actor"
        : Subject != other.Subject ? "subject"
        : Citizen != other.Citizen ? "citizen"
        : Terminal != other.Terminal ? "terminal"
        : Before != other.Before ? "before"
        : After != other.After ? "after"
        : Reason != other.Reason ? "reason"
        : null;

    private static void TextOrNull(CborWriter w, string? text)
    {
        if (text is null) w.WriteNull();
        else w.WriteTextString(text);
    }

    private static string? TextOrNull(CborReader r)
    {
        if (r.PeekState() != CborReaderState.Null) return r.ReadTextString();
        r.ReadNull();
        return null;
    }
}
