using Dapper;
using MyKey.App.Shared;
using MyKey.App.Vouchers;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Vouchers;

/// <summary>Goal: paper that does not agree with the ledger is named (docs/invariants.md 15).</summary>
public class AuditVouchersTests
{
    /// <summary>Two sheets are out, one came back.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_15_paper_that_the_ledger_does_not_know_of(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        var (key, _) = await desk.Handed(desk.Shopping, 1000);
        var (back, _) = await desk.Handed(desk.Parking, 100);
        Assert.Equal("cancelled", (await desk.Cancel(back, ["1"])).Body.GetProperty("state").GetString());
        var ((bucket, id), (_, cancelled)) = (VoucherOrder.ReadKey(key).Value, VoucherOrder.ReadKey(back).Value);
        var audit = desk.Town.Get<AuditVouchers>();
        Assert.Equal(new RowAudit(2, null), await audit.Run());
        await using var connection = await desk.Office.App.Database.Open();
        foreach (var (edit, undo, row, says) in new[]
        {
            ("update pts_voucher_order set points = 500, premium = 500 where id = @id", "update pts_voucher_order set points = 1000, premium = 0 where id = @id", "pts_voucher_order", "points 500 and premium 500, its transfer moved 1000 and 0"),
            ("update pts_voucher_order set count = 4, denomination = 250 where id = @id", "update pts_voucher_order set count = 2, denomination = 500 where id = @id", "pts_voucher_order", "2 numbers were kept for 4 sheets"),
            ("update pts_voucher_order set desk = citizen where id = @id", "update pts_voucher_order set desk = @Desk where id = @id", "pts_voucher_order", "desk or programme is not that of its transfer"),
            ("update pts_voucher_order set state = 'cancelled' where id = @id", "update pts_voucher_order set state = 'handed' where id = @id", "pts_voucher_order", "it was taken back, but its points were not"),
            ("update pts_voucher_order set state = 'handed' where id = @cancelled", "update pts_voucher_order set state = 'cancelled' where id = @cancelled", "pts_voucher_order", "its points went back, but it stands"),
            ("update pts_voucher set state = 'stock', transfer = null where prefix = 'K-' and serial = 2", "update pts_voucher set state = 'out', transfer = @id where prefix = 'K-' and serial = 2", "pts_voucher_order", "1 of its 2 numbers are out"),
            ("update pts_voucher set state = 'out', bucket = @bucket, transfer = @cancelled where prefix = '' and serial = 1", "update pts_voucher set state = 'stock', transfer = null where prefix = '' and serial = 1", "pts_voucher_order", "1 of its 1 numbers are out"),
            ("update pts_voucher set state = 'out', bucket = @bucket, transfer = @cancelled where prefix = '' and serial = 5", "update pts_voucher set state = 'stock', transfer = null where prefix = '' and serial = 5", "pts_voucher 5", "out, but not for an exchange that stands"),
            ("update pts_voucher_order set id = product where id = @id", "update pts_voucher_order set id = @id where id = @Shopping", "pts_voucher_order", "its transfer is missing"),
            ("update pts_voucher_order set bucket = -1 where id = @id", "update pts_voucher_order set bucket = @bucket where id = @id", "transfer of bucket", "vouchers without their order"),
        })
        {
            var values = new { id, cancelled, bucket, Desk = desk.Id, desk.Shopping };
            Assert.Equal(1, await connection.ExecuteAsync(edit, values));
            var broken = (await audit.Run()).Broken;
            Assert.True(broken?.StartsWith(row, StringComparison.Ordinal) == true && broken.Contains(says, StringComparison.Ordinal), $"{row} … {says}; the audit says: {broken}");
            Assert.Equal(1, await connection.ExecuteAsync(undo, values));
        }
        await desk.MustAddUp();
    }

    /// <summary>No programme can make one sheet go out twice: the database itself refuses.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Invariant_15_a_sheet_stands_once(Engine engine)
    {
        await using var desk = await VoucherDesk.Open(engine);
        await using var connection = await desk.Office.App.Database.Open();
        foreach (var twice in new[]
        {
            "insert into pts_voucher(product, prefix, serial, width, desk, state) select product, prefix, serial, 6, desk, state from pts_voucher where prefix = 'K-' and serial = 1",
            "update pts_voucher set state = 'out' where prefix = 'K-' and serial = 1",
        })
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync(twice));
    }
}
