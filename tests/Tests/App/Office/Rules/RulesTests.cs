using System.Net;
using System.Net.Http.Json;
using MyKey.App.Office.Rules;
using MyKey.App.Registry;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Office.Rules;

/// <summary>Goal: a municipality says where its points pay, what they are called and how long they last (S2-P6c, S4-20).</summary>
public class RulesTests
{
    private const string Api = "/api/v1/office/usage-rules";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6c_by_kind_and_shop_by_shop(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        var (town, desk) = (await Town.Build(app.Services), new StaffDesk(app));
        var office = await desk.Officer("TA-001", Town.C, Role.TerminalAdmin);
        Assert.Equal("not_accepted_here", await Refused(town));

        Assert.Equal(HttpStatusCode.OK, (await office.PutAsJsonAsync(Api, new UsageRuleRequest("shop", "prefecture"))).StatusCode);
        Assert.Null(await Refused(town));
        await Says("acceptor_type_forbidden", await office.PutAsJsonAsync(Api, new UsageRuleRequest("clinic", "own")));
        await Says("field_required", await office.PutAsJsonAsync(Api, new UsageRuleRequest("shop", "nowhere")));
        Assert.Equal(HttpStatusCode.OK, (await office.PutAsJsonAsync(Api, new UsageRuleRequest(Acceptor: town.Shop.Value, Rule: "refused"))).StatusCode);
        Assert.Equal("not_accepted_here", await Refused(town));
        var rules = (await office.GetFromJsonAsync<UsageRulesReply>(Api))!;
        Assert.Equal("prefecture", rules.Kinds.Single(k => k.Kind == "shop").Area);
        Assert.Equal(("refused", false), (rules.Acceptors.Single().Rule, rules.Acceptors.Single().Accepted));

        await app.Submit(office, "/office/rules", "/office/rules?handler=shop", ("shop", $"{town.Shop.Value}"), ("rule", "by_kind"));
        Assert.Null(await Refused(town));
        await app.Submit(office, "/office/rules", "/office/rules?handler=kinds", ("area-shop", "none"));
        Assert.Equal("not_accepted_here", await Refused(town));
    }

    [Fact]
    public async Task S4_20_the_office_names_its_points_and_another_role_does_not()
    {
        await using var app = await TestApp.Start();
        var (town, desk) = (await Town.Build(app.Services), new StaffDesk(app));
        var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin);
        var other = await desk.Officer("TA-001", Town.A, Role.TerminalAdmin);

        var reply = await (await office.PutAsJsonAsync("/api/v1/office/points", new PointsRequest("さがみはらポイント", 180, null))).Content.ReadFromJsonAsync<PointsReply>();
        Assert.Equal(new PointsReply("132985", "さがみはらポイント", 180, null, null), reply);
        await Says("role_forbidden", await other.PutAsJsonAsync("/api/v1/office/points", new PointsRequest("べつの名前", 180, null)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(office, "/office/points", "/office/points", ("Brand", ""), ("Length", ""), ("Unit", "days"))).StatusCode);
        await app.Submit(office, "/office/points", "/office/points", ("Brand", ""), ("Length", "6"), ("Unit", "months"));
        var now = (await town.Get<RegistryCache>().View()).Find(Town.A)!;
        Assert.Equal(("A市ポイント", new ExpiryRule(0, 6), MunicipalityState.Live), (now.PointName, now.Expiry, now.State));
    }

    [Fact]
    public async Task S4_14_the_office_says_from_when_on_its_points_pay()
    {
        await using var app = await TestApp.Start();
        var (town, desk) = (await Town.Build(app.Services), new StaffDesk(app));
        var office = await desk.Officer("SA-001", Town.A, Role.StaffAdmin);
        var other = await desk.Officer("TA-001", Town.A, Role.TerminalAdmin);
        const string api = "/api/v1/office/points/use-from";
        var day = town.Get<TimeProvider>().Today().AddDays(20);

        await Says("role_forbidden", await other.PutAsJsonAsync(api, new UseFromRequest(day)));
        Assert.Equal(day, (await (await office.PutAsJsonAsync(api, new UseFromRequest(day))).Content.ReadFromJsonAsync<PointsReply>())!.UseFrom);
        await using var till = new UsePoints.Till(app, town, await town.Terminal(town.Shop), own: false);
        var token = await till.CitizenToken();
        Assert.Equal("not_started", (await till.Refused(token, "132985", 1)).Code);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.Submit(office, "/office/points", "/office/points?handler=From", ("From", "あした"))).StatusCode);
        await app.Submit(office, "/office/points", "/office/points?handler=From", ("From", ""));
        Assert.Null((await town.Get<RegistryCache>().View()).Find(Town.A)!.UseFrom);
        Assert.Null((await till.Refused(token, "132985", 1)).Code);
    }

    private static async Task<string?> Refused(Town town) => (await town.Get<RegistryCache>().AcceptedHere(Town.C, town.Shop)).Refused?.Code;

    private static async Task Says(string words, HttpResponseMessage answer) => Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
}
