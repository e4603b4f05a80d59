using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Exchange;
using MyKey.App.Partners;
using MyKey.App.Reserved;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Reserved;

/// <summary>Goal: points without a municipality are pooled, told by their deadlines, moved once where the citizen says, and go home by themselves after 14 days (group F).</summary>
public class ReservedTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1010a_to_d_S0_4033b_S0_5011_from_two_partners_by_a_move_and_by_the_job_to_municipalities(Engine engine)
    {
        await using var town = await Pooled(engine);
        var me = await town.Town.Resident(home: Residents.A);
        using var client = await town.Town.LoggedIn();
        var exchangedOn = town.Today;
        var reply = await Read<ExchangeReply>(await Swap(client, "CARD0001XY", "AIRR0001XY"));
        Assert.Equal(("reserved", 800L), (reply.Municipality, reply.Points));
        Assert.All(reply.Lines, l => Assert.Equal(exchangedOn.AddDays(14), l.ExpiresOn));
        // A shorter time that is set later makes a newer lot due first.
        town.Clock.Jump(TimeSpan.FromDays(1));
        await Set(town, "reserve.days", "3");
        await Set(town, "reserve.count_exchange_day", "on");
        using var moving = await town.Town.LoggedIn();
        await Read<ExchangeReply>(await Swap(moving, "CARD0002XY"));

        var pool = await Read<ReservedReply>(await moving.GetAsync("/api/v1/my/reserved"));
        Assert.Equal(1_300, pool.Points);
        Assert.Equal([(500L, Card, exchangedOn.AddDays(3)), (500L, Card, exchangedOn.AddDays(14)), (300L, Air, exchangedOn.AddDays(14))],
            pool.Lots.Select(l => (l.Points, l.Partner!, l.LastDay)).OrderBy(l => l.LastDay).ThenByDescending(l => l.Item1));
        Assert.Equal([(exchangedOn.AddDays(4), 500L, Residents.A.Value, exchangedOn.AddDays(4).AddMonths(24)), (exchangedOn.AddDays(15), 800L, Residents.A.Value, exchangedOn.AddDays(15).AddMonths(24))],
            pool.Plan.Select(m => (m.On, m.Points, m.Municipality!, m.ExpiresOn!.Value)));
        Assert.Equal(0, await town.Usable(me));

        var id = Guid.CreateVersion7();
        var (first, again) = (await Move(moving, 200, Residents.B.Value, id), await Move(moving, 200, Residents.B.Value, id));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal("insufficient_points", await Code(await Move(moving, 1_101, Residents.B.Value)));
        Assert.Equal("amount_format", await Code(await Move(moving, 0, Residents.B.Value)));
        Assert.Equal("id_reused", await Code(await Move(moving, 100, Residents.B.Value, id)));
        Assert.Equal("municipality_unknown", await Code(await Move(moving, 100, "170003")));
        Assert.Equal("field_required", await Code(await Move(moving, 100, "")));
        // What is due first was taken first.
        Assert.Equal((300L, exchangedOn.AddDays(3)), (await Read<ReservedReply>(await moving.GetAsync("/api/v1/my/reserved"))).Lots.Select(l => (l.Points, l.LastDay)).First());

        town.Clock.Jump(TimeSpan.FromDays(2));
        Assert.Equal("moved of 0 citizens, held of 0", await Run(town));
        town.Clock.Jump(TimeSpan.FromDays(1));
        Assert.Equal("moved of 1 citizens, held of 0", await Run(town));
        Assert.Equal("moved of 0 citizens, held of 0", await Run(town));
        Assert.Equal((300L, 200L), (await town.Usable(me), await town.Usable(me, Residents.B)));
        town.Clock.Jump(TimeSpan.FromDays(20));
        await Task.WhenAll(Run(town), Run(town));
        Assert.Equal(1_100, await town.Usable(me));

        using var late = await town.Town.LoggedIn();
        Assert.Equal(0, (await Read<ReservedReply>(await late.GetAsync("/api/v1/my/reserved"))).Points);
        var history = (await Read<ReservedHistoryReply>(await late.GetAsync("/api/v1/my/reserved/history"))).Entries;
        Assert.Equal([(-800L, 0L, Residents.A.Value), (-300L, 800L, Residents.A.Value), (-200L, 1_100L, Residents.B.Value)], history.Take(3).Select(e => (e.Change, e.BalanceAfter, e.To)));
        Assert.Equal(3, history.Skip(3).Count(e => e.To == "reserved" && e.Change > 0));
        Assert.Equal([Card, Air], history[0].Partners.Order());
        Assert.Contains("期限がきてA市ポイントへ移った", await late.GetStringAsync("/my/reserved/history"), StringComparison.Ordinal);
        Assert.Contains(history[0].Receipt, await late.GetStringAsync($"/my/reserved/history/{history[0].Receipt}"), StringComparison.Ordinal);
        await MustBeOwed(town, exchangedOn);
        await town.MustAddUp();
    }

    [Fact]
    public async Task S0_4008b_S0_5008_S0_4030_there_is_no_way_back_and_none_from_a_municipality()
    {
        await using var town = await Pooled();
        var me = await town.Town.Resident(home: Residents.A);
        await town.Town.Grant(me, 500, 30);
        using var client = await town.Town.LoggedIn();
        await Read<ExchangeReply>(await Swap(client, "CARD0001XY"));

        Assert.Equal("direction_forbidden", await Code(await Move(client, 100, Card)));
        Assert.Equal("direction_forbidden", await Code(await Move(client, 100, "reserved")));
        Assert.Equal("direction_forbidden", await Code(await Move(client, 100, "reserved", from: Residents.A.Value)));
        Assert.Equal("direction_forbidden", await Code(await Move(client, 100, Residents.B.Value, from: Residents.A.Value)));
        Assert.Equal("direction_forbidden", await Code(await Move(client, 100, Card, from: Residents.A.Value)));
        Assert.Equal("municipality_unknown", await Code(await Move(client, 100, Residents.B.Value, from: "nowhere")));

        var page = await town.Town.Send(client, "/my/reserved", ("Town", Card), ("Amount", "100"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.StatusCode);
        Assert.Contains("この向きにポイントは移せません", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        page = await town.Town.Send(client, "/my/reserved", ("Town", Residents.B.Value), ("Amount", "501"));
        Assert.Contains("ポイントが足りません", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((500L, 500L), (await town.Usable(me), (await town.Town.Get<ReservedReading>().Of(me)).Sum(l => l.Remaining.Value)));
    }

    [Fact]
    public async Task S0_1010b_a_double_click_moves_once()
    {
        await using var town = await Pooled();
        var me = await town.Town.Resident(home: Residents.A);
        using var client = await town.Town.LoggedIn();
        await Read<ExchangeReply>(await Swap(client, "CARD0001XY"));
        Assert.Equal($"/my/reserved/confirm?town={Residents.B.Value}&amount=200", (await town.Town.Send(client, "/my/reserved", ("Town", Residents.B.Value), ("Amount", "２００"))).Headers.Location!.ToString());
        (string, string)[] form = [("Id", Guid.CreateVersion7().ToString()), ("Town", Residents.B.Value), ("Amount", "200")];

        var clicks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => town.Town.App.Submit(client, "/my/settings", "/my/reserved/confirm", form)));

        var done = Assert.Single(clicks.Select(c => c.Headers.Location!.ToString()).Distinct());
        Assert.Contains("200", await client.GetStringAsync(done), StringComparison.Ordinal);
        Assert.Equal(200, await town.Usable(me, Residents.B));
    }

    /// <summary>A town with two partners and codes of both.</summary>
    internal static async Task<CouponTown> Pooled(Engine engine = Engine.Sqlite)
    {
        var town = await Open(engine);
        await town.AddPartner(Air, "そらエアー", "airline");
        await town.Bring(await town.Machine(), 500, [.. Enumerable.Range(1, 9).Select(n => $"CARD000{n}XY")]);
        await town.Bring(await town.Machine(Air), 300, "AIRR0001XY");
        return town;
    }

    internal static Task<HttpResponseMessage> Swap(HttpClient citizen, params string[] codes) =>
        citizen.PostAsJsonAsync("/api/v1/my/exchanges", new ExchangeRequest(Guid.CreateVersion7(), Destination.Later, codes));

    internal static Task<HttpResponseMessage> Move(HttpClient citizen, long points, string to, Guid? id = null, string from = Destination.Later) =>
        citizen.PostAsJsonAsync("/api/v1/my/moves", new MoveRequest(id ?? Guid.CreateVersion7(), from, to, points));

    internal static async Task<string> Run(CouponTown town)
    {
        var job = town.Town.Get<MoveDueReserved>();
        return (await job.Run(new JobRun(job.Name, Guid.NewGuid(), 1, long.MaxValue), CancellationToken.None)).Text;
    }

    private static async Task Set(CouponTown town, string key, string value) =>
        Assert.True((await town.Town.Get<SetSetting>().Run(new(key, SettingPlace.Platform, value, Actor.Job("test")))).Ok);

    /// <summary>S2-P12a, S2-Q1: after the move every lot is a municipality's and names the partner who owes for it; the record of the exchange keeps the rule of its day.</summary>
    private static async Task MustBeOwed(CouponTown town, DateOnly exchangedOn)
    {
        var view = await town.Town.Get<PartnerCache>().View();
        await using var connection = await town.Town.App.Database.Open();
        var owed = await connection.QueryAsync<(string, PartnerId, long)>("""
            select issuer, partner, cast(sum(amount) as bigint) from ledger_lot where kind = 1 and source_kind = 2 and rate_partner = 100 and rate_municipal = 100 group by issuer, partner order by issuer, sum(amount)
            """);
        Assert.Equal([(Residents.A.Value, view.Find(Air)!.Id, 300L), (Residents.A.Value, view.Find(Card)!.Id, 800L), (Residents.B.Value, view.Find(Card)!.Id, 200L)], owed);
        Assert.Equal(["reserve.count_exchange_day=off;reserve.days=14", "reserve.count_exchange_day=on;reserve.days=3"],
            await connection.QueryAsync<string>("select distinct settings from ledger_transfer where kind = 5 order by settings"));
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from ledger_lot where kind = 6 and remaining > 0"));
        var late = await connection.QueryAsync<(int Acquired, int Expires)>("select acquired_on, expires_on from ledger_lot where kind = 1 order by acquired_on, amount");
        Assert.Equal([exchangedOn.AddDays(1), exchangedOn.AddDays(4), exchangedOn.AddDays(24), exchangedOn.AddDays(24)], late.Select(l => Jst.FromNumber(l.Acquired)));
        Assert.All(late, l => Assert.Equal(Jst.FromNumber(l.Acquired).AddMonths(24), Jst.FromNumber(l.Expires)));
    }
}
