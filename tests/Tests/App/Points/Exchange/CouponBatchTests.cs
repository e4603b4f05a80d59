using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Exchange;
using MyKey.App.Machines;
using MyKey.App.Partners;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Exchange;

/// <summary>Goal: a partner's file of codes comes in whole or not at all, once, with every bad line told; nobody reads a code out of the tables (formats §3).</summary>
public class CouponBatchTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P11_a_file_comes_in_with_its_bad_lines_told_and_again_is_the_same(Engine engine)
    {
        await using var town = await Open(engine);
        var machine = await town.Machine();
        var day = town.Today.AddDays(30);
        var file = Csv(
        [
            ("ABCD-1234-EF", 500, day), ("abcd1234ef", 500, day), ("SHORT1", 500, day), ("GOOD0001XY", 150, day), ("GOOD0002XY", 60_000, day), ("GOOD0003XY", 0, day),
            ("GOOD0004XY", 500, town.Today.AddDays(-1)), ("123456789018", 500, day), ("GOOD0005XY", 1_000, town.Today),
        ]);

        var reply = await Read<CouponBatchReply>(await Send(machine, file));

        Assert.Equal(("open", 9, 2, 7, 1_500L), (reply.State, reply.Lines, reply.Good, reply.Refused, reply.Points));
        var refused = (await machine.GetFromJsonAsync<List<RefusedCouponReply>>($"/api/v1/partner/coupon-batches/{reply.Hash}/refused"))!;
        Assert.Equal([(3, "coupon_known"), (4, "number_format"), (5, "exchange_unit"), (6, "exchange_limit"), (7, "amount_format"), (8, "coupon_expired"), (9, "my_number_refused")],
            refused.Select(r => (r.Line, r.Code)));
        Assert.Equal(reply, await Read<CouponBatchReply>(await Send(machine, file)));
        Assert.Equal([reply], (await machine.GetFromJsonAsync<List<CouponBatchReply>>("/api/v1/partner/coupon-batches"))!);
        await using var connection = await town.Town.App.Database.Open();
        Assert.DoesNotContain("ABCD1234EF", string.Join(' ', (await connection.QueryAsync<byte[]>("select code_hash from pts_coupon")).Select(System.Text.Encoding.Latin1.GetString)), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P11_a_broken_off_file_goes_on_where_it_was_and_its_codes_wait_for_its_end(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        var machine = await town.Machine();
        var file = Csv(Enumerable.Range(0, 25_000).Select(n => ($"CODE{n:000000}", 100L, town.Today.AddDays(30))));
        var partner = (await town.Town.Get<PartnerCache>().View()).Find(Card)!;
        var by = (new Machine(Ids.New<MachineId>(town.Clock), MunicipalityCode.Pool, partner.Id.Value, "", [MachineScopes.CouponsWrite]), partner);

        await Assert.ThrowsAsync<IOException>(() => town.Town.Get<StoreCoupons>().Run(by, Hash(file), new BrokenStream(file, file.Length / 2)));

        var half = await Read<CouponBatchReply>(await machine.GetAsync($"/api/v1/partner/coupon-batches/{Hash(file)}"));
        Assert.Equal(("receiving", 10_000), (half.State, half.Lines));
        Assert.Equal("coupon_unknown", await Code(await Swap(me, ["CODE000001"])));

        var whole = await Read<CouponBatchReply>(await Send(machine, file));
        Assert.Equal(("open", 25_000, 25_000, 0), (whole.State, whole.Lines, whole.Good, whole.Refused));
        Assert.Equal(HttpStatusCode.Created, (await Swap(me, ["CODE000001"])).StatusCode);
        await using var connection = await town.Town.App.Database.Open();
        Assert.Equal(25_000, await connection.ExecuteScalarAsync<long>("select count(*) from pts_coupon"));
    }

    [Fact]
    public async Task S2_P11_another_file_under_a_hash_is_refused_and_leaves_no_code()
    {
        await using var town = await Open();
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        var machine = await town.Machine();
        var (good, other) = (Csv([("GOOD0001XY", 100, town.Today)]), Csv([("EVIL0001XY", 100, town.Today)]));

        Assert.Equal("file_changed", await Code(await Send(machine, other, Hash(good))));
        Assert.Equal("coupon_unknown", await Code(await Swap(me, ["EVIL0001XY"])));
        Assert.Equal("refused", (await Read<CouponBatchReply>(await machine.GetAsync($"/api/v1/partner/coupon-batches/{Hash(good)}"))).State);
        Assert.Equal("open", (await Read<CouponBatchReply>(await Send(machine, good))).State);

        Assert.Equal("field_required", await Code(await Send(machine, "コード,ポイント\nX,1\n"u8.ToArray())));
        Assert.Equal("field_unknown", await Code(await Send(machine, "コード,ポイント,期限,氏名\nX,1,2018-01-01,Y\n"u8.ToArray())));
        Assert.Equal("file_empty", await Code(await Send(machine, Csv([("SHORT", 100, town.Today)]))));
        Assert.Equal("number_format", await Code(await Send(machine, good, new string('Z', 64))));
    }

    [Fact]
    public async Task V_D1_a_partners_key_opens_its_own_coupons_only_and_an_office_gives_none()
    {
        await using var town = await Open();
        await town.AddPartner(Air, "そらエアー", "airline");
        var office = await town.Desk.Officer("TA-001", Residents.A, Role.TerminalAdmin);
        var (card, air) = (await town.Machine(), await town.Machine(Air));

        // The same code of two companies is two coupons, and neither learns of the other's.
        var first = await town.Bring(card, 100, "SAME0001XY");
        Assert.Equal(1, (await town.Bring(air, 300, "SAME0001XY")).Good);
        Assert.Equal("not_found", await Code(await air.GetAsync($"/api/v1/partner/coupon-batches/{new string('0', 64)}")));
        Assert.Single((await air.GetFromJsonAsync<List<CouponBatchReply>>("/api/v1/partner/coupon-batches"))!);
        Assert.Equal("role_forbidden", await Code(await card.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = "x", issuer = Residents.A.Value, amount = 1 })));
        using var stranger = new HttpClient { BaseAddress = town.Town.App.Loopback };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/api/v1/partner/coupon-batches/{first.Hash}")).StatusCode);

        var wanted = new WantedKey(Guid.CreateVersion7(), "システム", [MachineScopes.CouponsWrite], null, null, 30);
        Assert.Equal("field_unknown", await Code(await office.PostAsJsonAsync("/api/v1/office/machine-keys", wanted)));
        Assert.Equal("login_required", await Code(await office.PostAsJsonAsync($"/api/v1/operator/partners/{Card}/machine-keys", new WantedPartnerKey(Guid.CreateVersion7(), "x", null, 30))));
    }

    /// <summary>A connection that breaks after so many bytes.</summary>
    private sealed class BrokenStream(byte[] content, int after) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= after ? throw new IOException("broken off") : base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, after - Position)], cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) =>
            Position >= after ? throw new IOException("broken off") : base.Read(buffer, offset, (int)Math.Min(count, after - Position));

        public override int Read(Span<byte> buffer) =>
            Position >= after ? throw new IOException("broken off") : base.Read(buffer[..(int)Math.Min(buffer.Length, after - Position)]);
    }
}
