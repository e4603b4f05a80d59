using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Exchange;
using MyKey.App.Operator.Citizens;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;
using static MyKey.Tests.App.Reserved.ReservedTests;

namespace MyKey.Tests.App.Reserved;

/// <summary>Goal: what can't go by itself is kept, seen by the operators, and goes where one of them says; nothing is lost (S0-1010f).</summary>
public class HeldReservedTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1010f_points_without_a_home_are_held_told_and_directed_and_those_with_one_again_go_by_themselves(Engine engine)
    {
        await using var town = await Pooled(engine);
        var homeless = await WithPoints(town, "MY000001", 1, null, "CARD0001XY");
        var closed = await WithPoints(town, "MY000002", 2, Residents.B, "CARD0002XY");
        var stopped = await WithPoints(town, "MY000003", 3, Residents.A, "CARD0003XY");
        var well = await WithPoints(town, "MY000004", 4, Residents.A, "CARD0004XY");
        await State(town, Residents.B, MunicipalityState.Closed);
        town.Clock.Jump(TimeSpan.FromDays(15));
        using var platform = await town.Desk.SignIn("operator", "OP-001");
        await Read<CitizenReply>(await platform.PostAsJsonAsync("/api/v1/operator/citizens/MY000003/suspend", new ReasonRequest("受付番号12")));

        Assert.Equal("moved of 1 citizens, held of 3", await Run(town));
        Assert.Equal("moved of 0 citizens, held of 3", await Run(town));

        Assert.Equal((500L, 1_500L), (await town.Usable(well), await Reserved(town, homeless, closed, stopped)));
        var cases = await Read<List<HeldReply>>(await platform.GetAsync("/api/v1/operator/reserved"));
        Assert.Equal([("MY000001", "no_base", 500L), ("MY000002", "base_closed", 500L), ("MY000003", "suspended", 500L)], cases.Select(c => (c.MyKeyId!, c.Reason, c.Points)).OrderBy(c => c.Item1));
        Assert.Contains("reserved_held", await platform.GetStringAsync("/api/v1/operator/today"), StringComparison.Ordinal);
        Assert.Contains("行き先のない留保ポイントが3件", await platform.GetStringAsync("/operator"), StringComparison.Ordinal);
        Assert.Equal(3, await Lines(town, "reserved.held"));

        // One is directed, twice at once; another one's municipality comes back; the third is resumed.
        Assert.Equal("field_required", await Code(await Direct(platform, closed, "")));
        Assert.Equal("municipality_unknown", await Code(await Direct(platform, closed, "終わったため", to: Residents.B)));
        Assert.Equal("not_found", await Code(await Direct(platform, well, "終わったため")));
        Assert.Equal("my_number_refused", await Code(await Direct(platform, closed, "123456789018")));
        var id = Guid.CreateVersion7();
        var directed = await Task.WhenAll(Direct(platform, closed, "終わったため", id), Direct(platform, closed, "終わったため", id));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Created], directed.Select(d => d.StatusCode).Order());
        Assert.Equal("id_reused", await Code(await Direct(platform, closed, "終わったため", id, Residents.A)));
        Assert.Equal((500L, 1L), (await town.Usable(closed, Residents.C), await Lines(town, "reserved.directed")));
        await Read<CitizenReply>(await platform.PostAsJsonAsync("/api/v1/operator/citizens/MY000003/resume", new ReasonRequest("しらべ終わった")));
        Assert.Equal("moved of 1 citizens, held of 1", await Run(town));
        Assert.Equal(500, await town.Usable(stopped));

        // The last one moves them to where they are wanted: nobody is told to care for them any more.
        using var me = await town.Town.LoggedIn("MY000001");
        await Read<MovedReply>(await Move(me, 500, Residents.C.Value));
        Assert.Equal("moved of 0 citizens, held of 0", await Run(town));
        Assert.Empty(await Read<List<HeldReply>>(await platform.GetAsync("/api/v1/operator/reserved")));
        Assert.DoesNotContain("reserved_held", await platform.GetStringAsync("/api/v1/operator/today"), StringComparison.Ordinal);
        Assert.Equal(0, await Reserved(town, homeless, closed, stopped, well));
        await town.MustAddUp();
    }

    [Fact]
    public async Task S0_1010f_without_the_operators_role_or_the_one_time_password_nothing_is_directed()
    {
        await using var town = await Pooled();
        var citizen = await WithPoints(town, "MY000001", 1, null, "CARD0001XY");
        town.Clock.Jump(TimeSpan.FromDays(15));
        await Run(town);
        using var stranger = town.Town.App.Client();
        Assert.Equal("login_required", await Code(await Direct(stranger, citizen, "終わったため")));
        using var platform = await town.Desk.SignIn("operator", "OP-001");
        town.Clock.Jump(TimeSpan.FromMinutes(6));

        Assert.Equal("confirm_required", await Code(await Direct(platform, citizen, "終わったため")));
        Assert.StartsWith("/operator/confirm", (await platform.GetAsync($"/operator/reserved/{citizen.Value}")).Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(500, await Reserved(town, citizen));
    }

    private static async Task<CitizenId> WithPoints(CouponTown town, string id, int number, MunicipalityCode? home, string code)
    {
        var citizen = await town.Town.Resident(id, number, home);
        using var client = await town.Town.LoggedIn(id);
        await Read<ExchangeReply>(await Swap(client, code));
        return citizen;
    }

    private static Task<HttpResponseMessage> Direct(HttpClient platform, CitizenId citizen, string reason, Guid? id = null, MunicipalityCode? to = null) =>
        platform.PostAsJsonAsync($"/api/v1/operator/reserved/{citizen.Value}/direct", new DirectRequest(id ?? Guid.CreateVersion7(), (to ?? Residents.C).Value, reason));

    private static async Task State(CouponTown town, MunicipalityCode code, MunicipalityState state) =>
        Assert.True((await town.Town.Get<ChangeMunicipality>().Run(new(code, null, IssuerKind.Public, null, 24, state, Actor.Job("test")))).Ok);

    private static async Task<long> Reserved(CouponTown town, params CitizenId[] citizens)
    {
        var sum = 0L;
        foreach (var citizen in citizens) sum += (await town.Town.Get<ReservedReading>().Of(citizen)).Sum(l => l.Remaining.Value);
        return sum;
    }

    private static async Task<long> Lines(CouponTown town, string action)
    {
        await using var connection = await town.Town.App.Database.Open();
        return await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = @action", new { action });
    }
}
