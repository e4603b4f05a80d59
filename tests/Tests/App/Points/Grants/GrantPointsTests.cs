using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Budgets;
using MyKey.App.Grants;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Grants;

/// <summary>Goal: an officer gives points to one person out of a programme's budget, once, and above the threshold not alone (S0-1006b, S4-01b, S2-P6d).</summary>
public class GrantPointsTests
{
    private const string Grants = "/api/v1/office/grants";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1006b_a_grant_makes_a_lot_of_the_programme_with_its_own_expiry_and_a_repeat_makes_none(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var day = office.Town.Get<TimeProvider>().Today().AddDays(17);
        var request = office.Request(200) with { ExpiresOn = day };

        var first = await office.Post(request);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var reply = (await first.Content.ReadFromJsonAsync<GrantReply>())!;
        var again = await office.Post(request);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(reply, await again.Content.ReadFromJsonAsync<GrantReply>());
        Assert.Equal("id_reused", await GrantOffice.Code(await office.Post(request with { Points = 201 })));

        Assert.Equal(("posted", day), (reply.State, reply.ExpiresOn));
        Assert.NotNull(reply.Receipt);
        Assert.Equal((3000, 9800), (await office.Usable(), await office.Rest()));
        var lot = (await office.Town.Get<LedgerReading>().Holdings(office.Town.Citizen, day.AddDays(-17))).Single(h => h.Issuer == Town.A).Lots.Single(l => l.ExpiresOn == day);
        Assert.Equal((SourceKind.Grant, new ProgrammeId(office.Programme)), (lot.Source, lot.Programme!.Value));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19c_one_person_gets_one_grant_for_an_occasion(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);

        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(100, "12月15日の清掃"))).StatusCode);
        Assert.Equal("already_granted", await GrantOffice.Code(await office.Post(office.Request(100, "１２月15日の清掃"))));
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(100, "12月16日の清掃"))).StatusCode);

        Assert.Equal((3000, 9800), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S4_01b_at_the_end_of_the_budget_the_rest_is_told_and_nothing_moves()
    {
        await using var office = await GrantOffice.Open(budget: 300);
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(200))).StatusCode);
        var refused = await office.Post(office.Request(200));
        Assert.Contains("100", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("budget_exhausted", await GrantOffice.Code(refused));
        Assert.Equal((3000, 100), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S2_P6d_what_can_not_be_granted_is_refused()
    {
        await using var office = await GrantOffice.Open();
        var today = office.Town.Get<TimeProvider>().Today();
        Assert.Equal("mykey_unknown", await GrantOffice.Code(await office.Post(office.Request(1, id: "ZZ999999"))));
        Assert.Equal("id_format", await GrantOffice.Code(await office.Post(office.Request(1, id: "MY12345"))));
        Assert.Equal("amount_format", await GrantOffice.Code(await office.Post(office.Request(0))));
        Assert.Equal("out_of_period", await GrantOffice.Code(await office.Post(office.Request(1) with { ExpiresOn = today })));
        Assert.Equal("not_found", await GrantOffice.Code(await office.Post(office.Request(1) with { Programme = Guid.NewGuid() })));
        using var stranger = office.App.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsJsonAsync(Grants, office.Request(1))).StatusCode);
        Assert.Equal((2800, 10_000), (await office.Usable(), await office.Rest()));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_the_sum_of_a_day_above_the_threshold_waits_for_another_officer(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 50_000);
        using var approver = await office.Approver();
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(9_900))).StatusCode);
        var request = office.Request(101);
        var waiting = (await (await office.Post(request)).Content.ReadFromJsonAsync<GrantReply>())!;
        Assert.Equal("waiting", waiting.State);
        Assert.Equal(12_700, await office.Usable());

        Assert.Equal("role_forbidden", await GrantOffice.Code(await office.Officer.PostAsync($"{Grants}/{waiting.Id}/approve", null)));
        var own = (await (await approver.PostAsJsonAsync(Grants, office.Request(10_001))).Content.ReadFromJsonAsync<GrantReply>())!;
        Assert.Equal("four_eyes", await GrantOffice.Code(await approver.PostAsync($"{Grants}/{own.Id}/approve", null)));
        var approved = (await (await approver.PostAsync($"{Grants}/{waiting.Id}/approve", null)).Content.ReadFromJsonAsync<GrantReply>())!;
        await approver.PostAsync($"{Grants}/{waiting.Id}/approve", null);

        Assert.Equal("posted", approved.State);
        Assert.Equal((12_801, 39_999), (await office.Usable(), await office.Rest()));
        // What was approved counts to the day of who asked.
        Assert.Equal("waiting", (await (await office.Post(office.Request(1))).Content.ReadFromJsonAsync<GrantReply>())!.State);
        Assert.Equal(HttpStatusCode.OK, (await approver.PostAsync($"{Grants}/{own.Id}/withdraw", null)).StatusCode);
        Assert.Equal("not_found", await GrantOffice.Code(await approver.PostAsync($"{Grants}/{own.Id}/approve", null)));
    }

    [Fact]
    public async Task V_D3_a_larger_budget_is_set_by_two()
    {
        await using var office = await GrantOffice.Open(budget: 100);
        using var approver = await office.Approver();
        var path = $"/api/v1/office/programmes/{office.Programme}/budget";
        var small = (await (await office.Officer.PutAsJsonAsync(path, new BudgetRequest(Guid.NewGuid(), 10_000))).Content.ReadFromJsonAsync<BudgetReply>())!;
        var large = (await (await office.Officer.PutAsJsonAsync(path, new BudgetRequest(Guid.NewGuid(), 10_001))).Content.ReadFromJsonAsync<BudgetReply>())!;
        Assert.Equal((true, false), (small.Applied, large.Applied));
        Assert.Equal(10_000, await office.Rest());
        var mine = (await (await approver.PutAsJsonAsync(path, new BudgetRequest(Guid.NewGuid(), 90_000))).Content.ReadFromJsonAsync<BudgetReply>())!;
        Assert.Equal("four_eyes", await GrantOffice.Code(await approver.PostAsync($"/api/v1/office/budget-changes/{mine.Change}/approve", null)));
        Assert.Equal(HttpStatusCode.OK, (await approver.PostAsync($"/api/v1/office/budget-changes/{large.Change}/approve", null)).StatusCode);
        Assert.Equal(10_001, await office.Rest());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_01b_parallel_grants_never_exceed_the_budget(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 500);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => office.Post(office.Request(70))));

        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal((2800 + 490, 10), (await office.Usable(), await office.Rest()));
    }
}
