using Dapper;
using MyKey.App.Partners;
using MyKey.Identity.Machines;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Exchange;

/// <summary>
/// Takes in a partner's file of codes while it comes, up to a million. Each part is stored by itself, so that its progress can be seen and a file that
/// broke off goes on where it was; its codes can be used once all of it is here and is what its hash says.
/// </summary>
public sealed class StoreCoupons(Database database, CouponPlaces places, FindCoupons find, OperationLog log, TimeProvider clock)
{
    public const int MostLines = 1_000_000;

    public const int LinesAtOnce = 10_000;

    private const string Begin = """
        insert into pts_coupon_batch(id, partner, sha256, state, machine, line_count, good_count, points, digest, made_ms)
        values (@Id, @Partner, @Sha256, 'receiving', @Machine, 0, 0, 0, @Digest, @MadeMs) on conflict do nothing
        """;

    private const string Again = """
        update pts_coupon_batch set state = 'receiving', line_count = 0, good_count = 0, points = 0, digest = @Digest where id = @Id and state = 'refused'
        """;

    // Of two that send the same file at once, one goes on.
    private const string Progress = """
        update pts_coupon_batch set line_count = line_count + @Lines, good_count = good_count + @Good, points = points + @Points, digest = @Digest
        where id = @Id and state = 'receiving' and line_count = @Before
        """;

    private const string OpenBatch = "update pts_coupon_batch set state = 'open', opened_ms = @Now where id = @Id and state = 'receiving' and line_count = @Lines";

    private const string RefuseBatch = "update pts_coupon_batch set state = 'refused' where id = @Id and state = 'receiving'";

    /// <param name="sha256">Of the file that comes, 64 lower-case hex digits: the same again answers again.</param>
    /// <returns>
    /// The open batch; <c>number_format</c> for the hash, <c>field_required</c> and <c>field_unknown</c> for columns, <c>too_large</c>,
    /// <c>file_empty</c> without a good line, <c>file_changed</c> when it is not the file of this hash, <c>busy</c> when it is being sent twice.
    /// </returns>
    public async Task<Result<CouponBatch>> Run((Machine Machine, Partner Partner) by, string sha256, Stream body, CancellationToken stop = default)
    {
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower)) return Refusal.Of("number_format", ("field", "sha256"));
        var batch = await Start(by, sha256, stop);
        if (batch.State == CouponBatchState.Open) return batch;
        using var file = new CouponFile(body, by.Partner, await places.Open(stop), clock.Today());
        var (lines, digest) = (0, Array.Empty<byte>());
        await foreach (var chunk in file.Chunks(LinesAtOnce, stop))
        {
            if (lines + chunk.Count > MostLines) return await Refuse(by.Machine, batch, Refusal.Of("too_large"), stop);
            digest = CouponFile.Digest(digest, chunk);
            lines += chunk.Count;
            if (lines < batch.Lines) continue;
            if (lines == batch.Lines)
            {
                if (!digest.AsSpan().SequenceEqual(batch.Digest)) return await Refuse(by.Machine, batch, Refusal.Of("file_changed"), stop);
                continue;
            }
            // A first try that ended in the middle of a part had read another file.
            if (lines - chunk.Count < batch.Lines) return await Refuse(by.Machine, batch, Refusal.Of("file_changed"), stop);
            var stored = await database.WriteOrRefuse(tx => Store(tx, batch, (chunk, digest)), stop);
            if (stored.Refused is { } no) return no;
            batch = stored.Value;
        }
        if (file.Unreadable is { } unreadable) return await Refuse(by.Machine, batch, unreadable, stop);
        if (lines != batch.Lines || file.Sha256 != sha256) return await Refuse(by.Machine, batch, Refusal.Of("file_changed"), stop);
        return batch.Good == 0 ? await Refuse(by.Machine, batch, Refusal.Of("file_empty"), stop) : await Finish(by.Machine, batch, stop);
    }

    private async Task<CouponBatch> Start((Machine Machine, Partner Partner) by, string sha256, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            var row = new { Id = Ids.NewV7(clock), Partner = by.Partner.Id, Sha256 = sha256, Machine = by.Machine.Id, Digest = Array.Empty<byte>(), MadeMs = clock.NowMs() };
            await tx.Connection.ExecuteAsync(Begin, row, tx.Handle);
        }, stop);
        var batch = Must.Have(await find.Batch(by.Partner.Id, sha256, stop), "a batch that was begun is there");
        if (batch.State != CouponBatchState.Refused) return batch;
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(Again, new { batch.Id, Digest = Array.Empty<byte>() }, tx.Handle) == 1) await CouponRows.ForgetRefused(tx, batch.Id);
        }, stop);
        return Must.Have(await find.Batch(by.Partner.Id, sha256, stop), "a batch that was begun is there");
    }

    private static async Task<Result<CouponBatch>> Store(Transaction tx, CouponBatch batch, (List<CouponLine> Lines, byte[] Digest) part)
    {
        var good = part.Lines.Where(l => l.Code is null).ToList();
        var known = await CouponRows.Insert(tx, batch.Id, good);
        var refused = part.Lines.Where(l => l.Code is not null).Concat(good.Where(l => known.Contains(l.Line)).Select(l => CouponLine.Refused(l.Line, "coupon_known"))).ToList();
        await CouponRows.Refuse(tx, batch.Id, refused);
        var (count, points) = (good.Count - known.Count, good.Where(l => !known.Contains(l.Line)).Sum(l => l.Points));
        var moved = await tx.Connection.ExecuteAsync(Progress, new { batch.Id, Lines = part.Lines.Count, Good = count, Points = points, part.Digest, Before = batch.Lines }, tx.Handle);
        if (moved == 0) return Refusal.Of("busy");
        return batch with { Lines = batch.Lines + part.Lines.Count, Good = batch.Good + count, Points = batch.Points + points, Digest = part.Digest };
    }

    private Task<Result<CouponBatch>> Finish(Machine machine, CouponBatch batch, CancellationToken stop) => database.WriteOrRefuse<CouponBatch>(async tx =>
    {
        var now = clock.NowMs();
        if (await tx.Connection.ExecuteAsync(OpenBatch, new { batch.Id, batch.Lines, Now = now }, tx.Handle) == 0) return Refusal.Of("busy");
        await log.Write(tx, new Operation("coupon_batch.opened", Actor.Of(machine.Id), batch.Id, After: $"{batch.Partner.Value} {batch.Good} of {batch.Lines} lines {batch.Points} {batch.Sha256}"));
        return batch with { State = CouponBatchState.Open, OpenedMs = now };
    }, stop);

    private async Task<Result<CouponBatch>> Refuse(Machine machine, CouponBatch batch, Refusal no, CancellationToken stop)
    {
        await database.Write(async tx =>
        {
            if (await tx.Connection.ExecuteAsync(RefuseBatch, new { batch.Id }, tx.Handle) == 0) return;
            await CouponRows.Forget(tx, batch.Id);
            await log.Write(tx, new Operation("coupon_batch.refused", Actor.Of(machine.Id), batch.Id, Before: $"{batch.Partner.Value} {batch.Sha256}", After: no.Code));
        }, stop);
        return no;
    }
}
