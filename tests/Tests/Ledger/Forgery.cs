using System.Security.Cryptography;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Chain;
using MyKey.Ledger;
using static MyKey.Tests.Ledger.LedgerHouse;

namespace MyKey.Tests.Ledger;

/// <summary>A writer with a bug: it seals a record that must never be into a block that is right in every other way.</summary>
internal static class Forgery
{
    private static readonly Guid Writer = new("00000000-0000-7000-8000-0000000000ff");

    /// <summary>A use of 100 by the only citizen of the house that would be right, to be made wrong.</summary>
    public static async Task<TransferRecord> NextUse(LedgerHouse house)
    {
        await using var connection = await house.Database.Open();
        var (record, commitment) = await connection.QuerySingleAsync<(byte[], byte[])>("select record, commitment from ledger_entry order by height desc limit 1");
        var last = TransferRecord.Read(record);
        var lot = await connection.QuerySingleAsync<LotId>("select id from ledger_lot where amount = 2800");
        var citizen = last.Citizen!.Value;
        return last with
        {
            Id = house.NewId(),
            Kind = TransferKind.Use,
            EntryNo = last.EntryNo + 1,
            PreviousCommit = commitment,
            Acceptor = Shop,
            Programme = null,
            Cancels = null,
            Settings = "consume.order=GrantDate",
            NewLots = [],
            Legs = [new Leg(Account.Holding(A, citizen), lot, -100, 1700), new Leg(Account.Acceptor(A, Shop), null, 100, null)],
        };
    }

    /// <summary>A premium of the same holder after another one, which would be right as long as the cap allows it.</summary>
    public static async Task<TransferRecord> NextPremium(LedgerHouse house, Posted paid, long amount)
    {
        await using var connection = await house.Database.Open();
        var (record, commitment) = await connection.QuerySingleAsync<(byte[], byte[])>("select record, commitment from ledger_entry where bucket = @Bucket order by height desc limit 1", new { paid.Receipt.Bucket });
        var last = TransferRecord.Read(record);
        return last with { Id = house.NewId(), EntryNo = last.EntryNo + 1, PreviousCommit = commitment, Legs = last.Amounts(-amount, amount) };
    }

    /// <summary>The same legs with other amounts.</summary>
    public static IReadOnlyList<Leg> Amounts(this TransferRecord record, params long[] amounts) => [.. record.Legs.Zip(amounts, (leg, amount) => leg with { Amount = amount })];

    public static Task Seal(LedgerHouse house, TransferRecord record, Func<BlockHeader, BlockHeader>? change = null) => house.Database.Write(async tx =>
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        var bytes = record.Bytes(Canonical.Writer());
        var commit = Entry.Commit(salt, bytes);
        var (height, hash, epoch) = await tx.Connection.QuerySingleAsync<(long, byte[], int)>("select height, hash, epoch from ledger_head where bucket = @Bucket", new { record.Bucket }, tx.Handle);
        var header = new BlockHeader(HistoryStream.Points, record.Bucket, height + 1, hash, 1, Root((int)record.Kind, commit), record.TimeMs, Writer, epoch, Commit.SumsOf(record.Legs));
        header = change?.Invoke(header) ?? header;
        await tx.Connection.ExecuteAsync("""
            insert into ledger_transfer(bucket, id, kind, citizen, entry_no, previous, time_ms, civil_day, actor_kind, actor, acceptor, terminal, programme, cancels, settings, issuer, amount, legs, height, pos)
            values (@Bucket, @Id, @Kind, @Citizen, @EntryNo, (select last_transfer from ledger_lot where citizen = @Citizen order by entry_no desc limit 1), @TimeMs, @CivilDay, @ActorKind, @Actor,
              @Acceptor, @Terminal, @Programme, @Cancels, @Settings, @Issuer, @Amount, @Legs, @Height, 0) on conflict do nothing
            """, new
        {
            record.Bucket, record.Id, Kind = (int)record.Kind, record.Citizen, record.EntryNo, record.TimeMs, record.CivilDay, ActorKind = (int)record.Actor.Kind, Actor = record.Actor.Id,
            record.Acceptor, record.Terminal, record.Programme, record.Cancels, record.Settings, record.Issuer, record.Amount, Legs = record.LegsText(), header.Height,
        }, tx.Handle);
        await tx.Connection.ExecuteAsync("insert into ledger_entry(bucket, height, pos, kind, commitment, salt, record) values (@Bucket, @Height, 0, @Kind, @commit, @salt, @bytes)",
            new { record.Bucket, header.Height, Kind = (int)record.Kind, commit, salt, bytes }, tx.Handle);
        await tx.Connection.ExecuteAsync("""
            insert into ledger_block(bucket, height, previous_hash, count, entries_root, time_ms, writer, epoch, sums, hash)
            values (@Bucket, @Height, @PreviousHash, @Count, @EntriesRoot, @TimeMs, @Writer, @Epoch, @Sums, @Hash)
            """, new
        {
            header.Bucket, header.Height, header.PreviousHash, header.Count, header.EntriesRoot, header.TimeMs, header.Writer, header.Epoch, Sums = BlockHeader.SumBytes(header.Sums), Hash = header.Hash(),
        }, tx.Handle);
        await tx.Connection.ExecuteAsync("update ledger_head set height = @Height, hash = @Hash where bucket = @Bucket", new { header.Bucket, header.Height, Hash = header.Hash() }, tx.Handle);
    });

    private static byte[] Root(int kind, byte[] commit)
    {
        var (entry, leaf) = (new byte[Entry.Length], new byte[32]);
        Entry.Write(kind, commit, entry);
        Merkle.Leaf(entry, leaf);
        return Merkle.Root(leaf);
    }
}
