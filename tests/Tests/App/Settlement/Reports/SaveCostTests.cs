using System.Net.Http.Json;
using Dapper;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: what a fiscal year cost stands beside its points, the last word of the office counts, and what was said before stays.</summary>
public class SaveCostTests
{
    private const string Api = "/api/v1/office/reports/costs", Page = "/office/settlement/reports/costs";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6f_a_years_cost_stands_beside_its_points_and_saying_it_again_counts_instead(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Town.Grant(town.Citizen, 3_000, 300);
        await town.Use(700);
        await town.Close(2018, 1, 5);
        using var officer = await town.Officer(Role.Officer);
        using var approver = await town.Officer(Role.Approver);
        var first = new WantedCost(Guid.CreateVersion7(), 2017, 1_000, "委託料");

        await Refused("role_forbidden", approver.PostAsJsonAsync(Api, first));
        await Refused("yen_format", officer.PostAsJsonAsync(Api, first with { Amount = 0 }));
        await Refused("out_of_period", officer.PostAsJsonAsync(Api, first with { FiscalYear = 2018 }));
        await Refused("out_of_period", officer.PostAsJsonAsync(Api, first with { FiscalYear = 2015 }));
        await Refused("field_required", officer.PostAsJsonAsync(Api, first with { Note = " " }));
        var told = (await Ok<CostOfYearReply[]>(officer.PostAsJsonAsync(Api, first))).Single();
        Assert.Equal((2017, 1_000L, 3_000L, 700L, 0.33m, 1.43m, 1, false), (told.FiscalYear, told.Amount, told.Given, told.Spent, told.PerGiven, told.PerSpent, told.Months, told.IsOver));
        await Ok<CostOfYearReply[]>(officer.PostAsJsonAsync(Api, first));
        await Refused("id_reused", officer.PostAsJsonAsync(Api, first with { Amount = 1_001 }));
        town.Clock.Jump(TimeSpan.FromMinutes(1));
        await Ok<CostOfYearReply[]>(officer.PostAsJsonAsync(Api, new WantedCost(Guid.CreateVersion7(), 2016, 9, "準備")));
        Assert.Equal([(2017, 1_500L), (2016, 9L)], (await Ok<CostOfYearReply[]>(officer.PostAsJsonAsync(Api, new WantedCost(Guid.CreateVersion7(), 2017, 1_500, "委託料と人件費")))).Select(y => (y.FiscalYear, y.Amount)));
        Assert.Null((await approver.GetFromJsonAsync<CostOfYearReply[]>(Api))!.Single(y => y.FiscalYear == 2016).PerGiven);

        await using (var connection = await town.Town.App.Database.Open())
        {
            Assert.Equal(3, await connection.ExecuteScalarAsync<long>("select count(*) from stl_cost"));
            Assert.Equal(3, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'settlement.cost_set'"));
        }
        await town.Close(2018, 4, 5);
        using var later = await town.Officer(Role.Officer);
        using var neighbour = await town.Coupons.Desk.Officer("B-1", Residents.B, Role.Officer);
        Assert.Equal((4, true, 0.50m), (await later.GetFromJsonAsync<CostOfYearReply[]>(Api))!.Where(y => y.FiscalYear == 2017).Select(y => (y.Months, y.IsOver, y.PerGiven!.Value)).Single());
        Assert.Empty((await neighbour.GetFromJsonAsync<CostOfYearReply[]>(Api))!);
    }

    [Fact]
    public async Task S2_P6f_the_form_says_what_is_wrong_beside_the_field_and_the_page_shows_the_years()
    {
        await using var town = await Open();
        await town.Town.Grant(town.Citizen, 3_000, 300);
        await town.Close(2018, 1, 5);
        using var officer = await town.Officer(Role.Officer);
        using var approver = await town.Officer(Role.Approver);
        var id = Guid.CreateVersion7().ToString();

        Assert.Equal(422, (int)(await town.Town.App.Submit(officer, Page, Page, ("Change", id), ("FiscalYear", "ことし"), ("Amount", "many"), ("Note", "委託料"))).StatusCode);
        var sent = await town.Town.App.Submit(officer, Page, Page, ("Change", id), ("FiscalYear", "２０１７"), ("Amount", "1,000"), ("Note", "委託料"));
        Assert.Equal($"{Page}?saved=cost", sent.Headers.Location?.ToString());

        var page = await approver.GetStringAsync(Page);
        foreach (var said in new[] { "2017年度", "1,000円", "0.33円", "途中です（締めた月は1）" }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form method=\"post\" action=\"/office/settlement/reports/costs\"", page, StringComparison.Ordinal);
        Assert.Contains("2017,1000,3000,0,0.33,-,1,途中,委託料", await approver.GetStringAsync($"{Page}?handler=File"), StringComparison.Ordinal);
    }
}
