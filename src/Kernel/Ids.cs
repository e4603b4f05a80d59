using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MyKey.Kernel;

/// <summary>An identifier of one kind of thing. Stored as uuid (PostgreSQL) or BLOB(16), big-endian (SQLite).</summary>
public interface IId
{
    Guid Value { get; }
}

/// <inheritdoc/>
public interface IId<TSelf> : IId where TSelf : struct, IId<TSelf>
{
    static abstract TSelf Of(Guid value);
}

/// <summary>Inside, a citizen is only this: random, and from it nothing leads to a person (identity.md).</summary>
public readonly record struct CitizenId(Guid Value) : IId<CitizenId> { public static CitizenId Of(Guid value) => new(value); }

/// <summary>Made by the caller, so that a repeat is recognised.</summary>
public readonly record struct TransferId(Guid Value) : IId<TransferId> { public static TransferId Of(Guid value) => new(value); }

public readonly record struct AccountId(Guid Value) : IId<AccountId> { public static AccountId Of(Guid value) => new(value); }

public readonly record struct LotId(Guid Value) : IId<LotId> { public static LotId Of(Guid value) => new(value); }

public readonly record struct AcceptorId(Guid Value) : IId<AcceptorId> { public static AcceptorId Of(Guid value) => new(value); }

/// <summary>A shopping street or another group of acceptors of one municipality.</summary>
public readonly record struct ShopGroupId(Guid Value) : IId<ShopGroupId> { public static ShopGroupId Of(Guid value) => new(value); }

/// <summary>A support event, whose points pay at its own acceptors.</summary>
public readonly record struct SupportEventId(Guid Value) : IId<SupportEventId> { public static SupportEventId Of(Guid value) => new(value); }

/// <summary>A library, a gym, a clinic: it knows a citizen by a number of its own (S0-1001).</summary>
public readonly record struct ServiceProviderId(Guid Value) : IId<ServiceProviderId> { public static ServiceProviderId Of(Guid value) => new(value); }

public readonly record struct TerminalId(Guid Value) : IId<TerminalId> { public static TerminalId Of(Guid value) => new(value); }

public readonly record struct ProgrammeId(Guid Value) : IId<ProgrammeId> { public static ProgrammeId Of(Guid value) => new(value); }

/// <summary>A town association, a university, a group of volunteers: whose people record who was there (S2-P3d).</summary>
public readonly record struct OrganiserId(Guid Value) : IId<OrganiserId> { public static OrganiserId Of(Guid value) => new(value); }

/// <summary>One day of an activity whose attendance is recorded.</summary>
public readonly record struct OccasionId(Guid Value) : IId<OccasionId> { public static OccasionId Of(Guid value) => new(value); }

/// <summary>What a programme invites to, and gives for.</summary>
public readonly record struct ActivityId(Guid Value) : IId<ActivityId> { public static ActivityId Of(Guid value) => new(value); }

public readonly record struct PartnerId(Guid Value) : IId<PartnerId> { public static PartnerId Of(Guid value) => new(value); }

/// <summary>An online shop or a crowdfunding site where points pay.</summary>
public readonly record struct OnlineSiteId(Guid Value) : IId<OnlineSiteId> { public static OnlineSiteId Of(Guid value) => new(value); }

/// <summary>A cashless payment service that grants points as its own (S1-02).</summary>
public readonly record struct PaymentServiceId(Guid Value) : IId<PaymentServiceId> { public static PaymentServiceId Of(Guid value) => new(value); }

/// <summary>
/// Random, on the lineage of a certificate: once-per-person rules count by it, and it survives the end of a MyKeyId (identity.md). Never
/// shown, exported or joined with anything else.
/// </summary>
public readonly record struct PersonKey(Guid Value) : IId<PersonKey> { public static PersonKey Of(Guid value) => new(value); }

/// <summary>A question put to a card: one signature or one tap.</summary>
public readonly record struct ChallengeId(Guid Value) : IId<ChallengeId> { public static ChallengeId Of(Guid value) => new(value); }

/// <summary>A machine client of the API: an online shop, a library system, a partner.</summary>
public readonly record struct MachineId(Guid Value) : IId<MachineId> { public static MachineId Of(Guid value) => new(value); }

/// <summary>A member of staff of a municipality or office, or an operator of the platform.</summary>
public readonly record struct StaffId(Guid Value) : IId<StaffId> { public static StaffId Of(Guid value) => new(value); }

/// <summary>A passkey of a member of staff.</summary>
public readonly record struct PasskeyId(Guid Value) : IId<PasskeyId> { public static PasskeyId Of(Guid value) => new(value); }

public enum ActorKind { Citizen = 1, Staff = 2, Terminal = 3, Machine = 4, Job = 5 }

/// <summary>Who did something.</summary>
public readonly record struct Actor(ActorKind Kind, Guid Id)
{
    public static Actor Of(CitizenId citizen) => new(ActorKind.Citizen, citizen.Value);

    public static Actor Of(StaffId staff) => new(ActorKind.Staff, staff.Value);

    public static Actor Of(TerminalId terminal) => new(ActorKind.Terminal, terminal.Value);

    public static Actor Of(MachineId machine) => new(ActorKind.Machine, machine.Value);

    /// <summary>A job, known by its name: the same name, the same id.</summary>
    public static Actor Job(string name) => new(ActorKind.Job, Ids.Named<TerminalId>(System.Text.Encoding.UTF8.GetBytes($"job:{name}")).Value);
}

/// <summary>The number of buckets, fixed at set-up (ledger_genesis). The bucket is the first column of every key of a big table.</summary>
public sealed record Buckets(int Count)
{
    public static Buckets Default { get; } = new(16);

    public int Of(Guid id) => Ids.Bucket(id, Count);
}

/// <summary>Makes identifiers.</summary>
public static class Ids
{
    /// <summary>A UUIDv7 (RFC 9562): 48 bits of time, the rest random. Time-ordered keys keep a grown table fast.</summary>
    public static Guid NewV7(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow());

    public static T New<T>(TimeProvider clock) where T : struct, IId<T> => T.Of(NewV7(clock));

    /// <summary>A UUIDv4: nothing in it, not even when it was made. For citizens.</summary>
    public static T NewRandom<T>() where T : struct, IId<T>
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)(0x40 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return T.Of(new Guid(bytes, bigEndian: true));
    }

    /// <summary>A UUIDv8 made of the first 16 bytes of SHA-256(<paramref name="name"/>): the same name, the same id.</summary>
    public static T Named<T>(ReadOnlySpan<byte> name) where T : struct, IId<T>
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(name, hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return T.Of(new Guid(hash[..16], bigEndian: true));
    }

    /// <summary>Bucket of an id: the first four bytes of SHA-256(id), big-endian, modulo <paramref name="buckets"/>.</summary>
    public static int Bucket(Guid id, int buckets)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[32];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        SHA256.HashData(bytes, hash);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)buckets);
    }

    public static byte[] Bytes(this Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>A civil day in an id's name: yyyymmdd, four bytes big-endian.</summary>
    public static byte[] Bytes(this DateOnly day)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, day.ToNumber());
        return bytes;
    }

    public static bool TryRead<T>([NotNullWhen(true)] string? text, out T id) where T : struct, IId<T>
    {
        var ok = Guid.TryParse(text, out var value);
        id = T.Of(value);
        return ok;
    }
}
