using System.Formats.Cbor;
using System.Globalization;
using System.Text;
using MyKey.Kernel.Chain;

namespace MyKey.Ledger;

/// <summary>One posting. The legs of a transfer sum to zero.</summary>
/// <param name="Amount">Signed points.</param>
/// <param name="BalanceAfter">For accounts that keep lots: what is usable of the account on that day after this leg; else null.</param>
public sealed record Leg(Account Account, LotId? Lot, long Amount, long? BalanceAfter);

/// <summary>A lot as it was made.</summary>
internal sealed record LotRecord(LotId Id, DateOnly AcquiredOn, DateOnly ExpiresOn, long Amount, LotSource Source, ProgrammeId? Programme, LotId? Parent);

/// <summary>
/// What happened in one transfer: the truth, from which transfers, postings and lots can be rebuilt. Its bytes are frozen (docs/adr/0002):
/// <c>[1, bucket, id, kind, citizen, entry_no, prev_commit, time_ms, civil_day, [actor kind, actor], acceptor, terminal, programme, cancels,
/// settings, [[[account kind, issuer, owner], lot, amount, balance_after]], [[lot, acquired, expires, amount, [source kind, partner, rate
/// partner, rate municipal], programme, parent]]]</c>.
/// </summary>
internal sealed record TransferRecord
{
    public const int FormatVersion = 1;

    public required int Bucket { get; init; }
    public required TransferId Id { get; init; }
    public required TransferKind Kind { get; init; }
    public required CitizenId? Citizen { get; init; }

    /// <summary>The citizen's own numbering from 1: a gap shows them an omission.</summary>
    public required long EntryNo { get; init; }

    /// <summary>Commitment of the citizen's entry before; null for the first.</summary>
    public required byte[]? PreviousCommit { get; init; }

    public required long TimeMs { get; init; }
    public required DateOnly CivilDay { get; init; }
    public required Actor Actor { get; init; }
    public required AcceptorId? Acceptor { get; init; }
    public required TerminalId? Terminal { get; init; }
    public required ProgrammeId? Programme { get; init; }
    public required TransferId? Cancels { get; init; }
    public required string Settings { get; init; }
    public required IReadOnlyList<Leg> Legs { get; init; }
    public required IReadOnlyList<LotRecord> NewLots { get; init; }

    /// <summary>Whose points moved; of what left the pool, whose they became.</summary>
    public MunicipalityCode Issuer => Legs[0].Account.Issuer == MunicipalityCode.Pool ? Legs[^1].Account.Issuer : Legs[0].Account.Issuer;

    /// <summary>What moved: the sum of the credits.</summary>
    public long Amount
    {
        get
        {
            long sum = 0;
            foreach (var leg in Legs) sum += Math.Max(leg.Amount, 0);
            return sum;
        }
    }

    /// <summary>What the citizen could use afterwards.</summary>
    public long BalanceAfter => Legs.BalanceAfter();

    public byte[] Bytes(CborWriter w)
    {
        w.Reset();
        w.WriteStartArray(17);
        w.WriteInt32(FormatVersion);
        w.WriteInt32(Bucket);
        w.Id(Id.Value);
        w.WriteInt32((int)Kind);
        w.IdOrNull(Citizen?.Value);
        w.WriteInt64(EntryNo);
        if (PreviousCommit is null) w.WriteNull();
        else w.WriteByteString(PreviousCommit);
        w.WriteInt64(TimeMs);
        w.WriteInt32(CivilDay.ToNumber());
        w.WriteStartArray(2);
        w.WriteInt32((int)Actor.Kind);
        w.Id(Actor.Id);
        w.WriteEndArray();
        w.IdOrNull(Acceptor?.Value);
        w.IdOrNull(Terminal?.Value);
        w.IdOrNull(Programme?.Value);
        w.IdOrNull(Cancels?.Value);
        w.WriteTextString(Settings);
        w.WriteStartArray(Legs.Count);
        foreach (var leg in Legs) Write(w, leg);
        w.WriteEndArray();
        w.WriteStartArray(NewLots.Count);
        foreach (var lot in NewLots) Write(w, lot);
        w.WriteEndArray();
        w.WriteEndArray();
        return w.Encode();
    }

    /// <exception cref="CborContentException">Not a record in canonical form.</exception>
    public static TransferRecord Read(byte[] bytes) => Canonical.Read(bytes, Read);

    private static TransferRecord Read(CborReader r)
    {
        if (r.ReadStartArray() != 17 || r.ReadInt32() != FormatVersion) throw new CborContentException("not a transfer record");
        var record = new TransferRecord
        {
            Bucket = r.ReadInt32(),
            Id = new TransferId(r.Id()),
            Kind = (TransferKind)r.ReadInt32(),
            Citizen = r.IdOrNull() is { } citizen ? new CitizenId(citizen) : null,
            EntryNo = r.ReadInt64(),
            PreviousCommit = r.PeekState() == CborReaderState.Null ? Null(r) : r.ReadByteString(),
            TimeMs = r.ReadInt64(),
            CivilDay = Jst.FromNumber(r.ReadInt32()),
            Actor = ReadActor(r),
            Acceptor = r.IdOrNull() is { } acceptor ? new AcceptorId(acceptor) : null,
            Terminal = r.IdOrNull() is { } terminal ? new TerminalId(terminal) : null,
            Programme = r.IdOrNull() is { } programme ? new ProgrammeId(programme) : null,
            Cancels = r.IdOrNull() is { } cancels ? new TransferId(cancels) : null,
            Settings = r.ReadTextString(),
            Legs = ReadAll(r, ReadLeg),
            NewLots = ReadAll(r, ReadLot),
        };
        r.End();
        return record;
    }

    /// <summary>The legs as they stand in the transfer row, JSON: <c>[["1.141305.owner","lot",-1000,1800],["3.…",null,1000,null]]</c>.</summary>
    public string LegsText()
    {
        var text = new StringBuilder("[", 96 * Legs.Count);
        foreach (var leg in Legs)
        {
            text.Append(text.Length == 1 ? "[\"" : ",[\"").Append(leg.Account.ToString()).Append("\",");
            if (leg.Lot is { } lot) text.Append('"').Append(CultureInfo.InvariantCulture, $"{lot.Value:N}").Append("\",");
            else text.Append("null,");
            text.Append(CultureInfo.InvariantCulture, $"{leg.Amount},");
            if (leg.BalanceAfter is { } balance) text.Append(CultureInfo.InvariantCulture, $"{balance}]");
            else text.Append("null]");
        }
        return text.Append(']').ToString();
    }

    private static void Write(CborWriter w, Leg leg)
    {
        w.WriteStartArray(4);
        w.WriteStartArray(3);
        w.WriteInt32((int)leg.Account.Kind);
        w.WriteTextString(leg.Account.Issuer.Value);
        w.Id(leg.Account.Owner);
        w.WriteEndArray();
        w.IdOrNull(leg.Lot?.Value);
        w.WriteInt64(leg.Amount);
        if (leg.BalanceAfter is { } balance) w.WriteInt64(balance);
        else w.WriteNull();
        w.WriteEndArray();
    }

    private static void Write(CborWriter w, LotRecord lot)
    {
        w.WriteStartArray(7);
        w.Id(lot.Id.Value);
        w.WriteInt32(lot.AcquiredOn.ToNumber());
        w.WriteInt32(lot.ExpiresOn.ToNumber());
        w.WriteInt64(lot.Amount);
        w.WriteStartArray(4);
        w.WriteInt32((int)lot.Source.Kind);
        w.IdOrNull(lot.Source.Partner?.Value);
        w.WriteInt32(lot.Source.Rate.Partner);
        w.WriteInt32(lot.Source.Rate.Municipal);
        w.WriteEndArray();
        w.IdOrNull(lot.Programme?.Value);
        w.IdOrNull(lot.Parent?.Value);
        w.WriteEndArray();
    }

    private static Actor ReadActor(CborReader r)
    {
        Start(r, 2);
        var actor = new Actor((ActorKind)r.ReadInt32(), r.Id());
        r.ReadEndArray();
        return actor;
    }

    private static Leg ReadLeg(CborReader r)
    {
        Start(r, 4);
        Start(r, 3);
        var kind = (AccountKind)r.ReadInt32();
        var written = r.ReadTextString();
        var issuer = Account.ReadIssuer(written);
        if (!issuer.Ok || issuer.Value.Value != written) throw new CborContentException("issuer");
        var account = new Account(kind, issuer.Value, r.Id());
        r.ReadEndArray();
        var lot = r.IdOrNull() is { } id ? new LotId(id) : (LotId?)null;
        var leg = new Leg(account, lot, r.ReadInt64(), r.PeekState() == CborReaderState.Null ? NullNumber(r) : r.ReadInt64());
        r.ReadEndArray();
        return leg;
    }

    private static LotRecord ReadLot(CborReader r)
    {
        Start(r, 7);
        var id = new LotId(r.Id());
        var (acquired, expires, amount) = (Jst.FromNumber(r.ReadInt32()), Jst.FromNumber(r.ReadInt32()), r.ReadInt64());
        Start(r, 4);
        var source = new LotSource((SourceKind)r.ReadInt32(), r.IdOrNull() is { } partner ? new PartnerId(partner) : null, (r.ReadInt32(), r.ReadInt32()));
        r.ReadEndArray();
        var lot = new LotRecord(id, acquired, expires, amount, source,
            r.IdOrNull() is { } programme ? new ProgrammeId(programme) : null, r.IdOrNull() is { } parent ? new LotId(parent) : null);
        r.ReadEndArray();
        return lot;
    }

    private static List<T> ReadAll<T>(CborReader r, Func<CborReader, T> one)
    {
        var count = r.ReadStartArray() ?? throw new CborContentException("indefinite length");
        var all = new List<T>(count);
        for (var i = 0; i < count; i++) all.Add(one(r));
        r.ReadEndArray();
        return all;
    }

    private static void Start(CborReader r, int count)
    {
        if (r.ReadStartArray() != count) throw new CborContentException($"an array of {count}");
    }

    private static byte[]? Null(CborReader r)
    {
        r.ReadNull();
        return null;
    }

    private static long? NullNumber(CborReader r)
    {
        r.ReadNull();
        return null;
    }
}
