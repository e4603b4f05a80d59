using System.Net.Http.Json;
using System.Text;
using MyKey.App.Settlement;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: everybody may have the months of municipalities, and nothing that rests on fewer than ten transfers is in them or can be worked out of them.</summary>
public class OpenDataTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_16_W_D1_what_rests_on_fewer_than_ten_transfers_is_blank_and_a_municipality_may_keep_its_months(Engine engine)
    {
        await using var town = await Open(engine);
        await Switch(town, "off");
        for (var i = 0; i < 12; i++) await town.Town.Grant(town.Citizen, 10, 300);
        for (var i = 0; i < 10; i++) await town.Town.Grant(town.Citizen, 10, 300, Residents.B);
        for (var i = 0; i < 9; i++) await town.Use(1);
        await town.Close(2018, 1, 5);
        for (var i = 0; i < 3; i++) await town.Use(1);
        await town.Close(2018, 2, 5);
        for (var i = 0; i < 10; i++) await town.Use(1);
        await Switch(town, "on");
        await town.Close(2018, 3, 5);
        using var anybody = town.Town.App.Client();

        var file = await anybody.GetByteArrayAsync("/api/v1/open-data/months.csv");

        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), file[..3]);
        Assert.Equal(
        [
            "月,自治体コード,付与など,利用,期限ぎれ,月の終わりに出ているポイント,使われたお店や施設の数",
            "2017-12,132985,120,-,-,-,-", "2018-01,132985,-,-,-,108,-", "2018-02,132985,-,10,-,98,1", "2018-02,134988,-,-,-,100,-", "",
        ], Encoding.UTF8.GetString(file[3..]).Split("\r\n"));
        var told = (await anybody.GetFromJsonAsync<OpenMonthsReply>("/api/v1/open-data/months"))!;
        Assert.Equal(OpenData.Least, told.Least);
        Assert.Equal([new OpenMonthReply("2018-02", Residents.A.Value, null, 10, null, 98, 1), new OpenMonthReply("2018-02", Residents.B.Value, null, null, null, 100, null)], told.Months);
        Assert.Contains("出典を書けば", told.Licence, StringComparison.Ordinal);
        Assert.Equal(new OpenMonthReply("2017-12", Residents.A.Value, 120, null, null, null, null), (await anybody.GetFromJsonAsync<OpenMonthsReply>("/api/v1/open-data/months?month=2017-12"))!.Months.Single());
        await Refused("number_format", anybody.GetAsync("/api/v1/open-data/months?month=x"));
        await Refused("month_not_closed", anybody.GetAsync("/api/v1/open-data/months?month=2018-03"));
        var page = await anybody.GetStringAsync("/navi/open-data");
        foreach (var said in new[] { "2018年2月", "出典を書けば、だれでも自由に使えます", "10件より少ない数は", "A市", OpenDataPage.FilePath }) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Contains("/navi/open-data", await anybody.GetStringAsync("/navi"), StringComparison.Ordinal);

        // Made once for all who ask; another setting or another month makes it anew.
        var data = town.Get<OpenData>();
        var kept = (await data.Months()).File;
        Assert.Equal(file, kept);
        Assert.Same(kept, (await data.Months()).File);
        await Switch(town, "off");
        Assert.NotSame(kept, (await data.Months()).File);
        await town.Close(2018, 4, 5);
        Assert.Contains("2018-03,132985", Encoding.UTF8.GetString(await anybody.GetByteArrayAsync("/api/v1/open-data/months.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_there_before_any_month_is_closed()
    {
        await using var town = await Open();
        using var anybody = town.Town.App.Client();

        Assert.Contains("締めた月が、まだありません", await anybody.GetStringAsync("/navi/open-data"), StringComparison.Ordinal);
        Assert.Empty((await anybody.GetFromJsonAsync<OpenMonthsReply>("/api/v1/open-data/months"))!.Months);
    }

    /// <summary>Whoever subtracts: from one circulation to the next, less what is told between, leaves the sum of what was kept back.</summary>
    [Fact]
    public void W_D1_what_is_kept_back_cannot_be_worked_out_of_two_circulations()
    {
        var tellings = 0;
        for (var seed = 1; seed <= 200; seed++)
        {
            var (random, kept, between, circulation) = (new Random(seed), default((long, bool)), new List<Flow>(), 0L);
            for (var number = 0; number < 36; number++)
            {
                var total = new MonthTotal(SettlementMonth.Of(new DateOnly(2018, 1, 1).AddMonths(number)), Residents.A, Some(), Some(), Some(), random.Next(3) == 0 ? Some() : default, ++circulation, 1);
                var open = random.Next(5) > 0;
                var told = OpenData.Tell(total, open, kept, out kept);
                if (!open) Assert.True(told is { Given: null, Spent: null, Lapsed: null, Circulation: null, Acceptors: null });
                foreach (var (flow, cell) in new[] { (total.Given, told.Given), (total.Spent, told.Spent), (total.Lapsed, told.Lapsed), (total.Void, (long?)null) })
                {
                    if (cell is { } amount) Assert.True(amount == flow.Amount && flow.Made >= OpenData.Least);
                    else between.Add(flow);
                }
                Assert.Equal(told.Spent is null, told.Acceptors is null);
                if (told.Circulation is null) continue;
                Assert.True(between.Sum(f => f.Made) >= OpenData.Least || between.All(f => f.IsEmpty), $"seed {seed}: {between.Sum(f => f.Made)} transfers can be worked out");
                (tellings, between) = (tellings + 1, []);
            }

            Flow Some() => random.Next(3) == 0 ? default : new Flow(random.Next(0, 25), random.Next(0, 3), random.Next(1, 1_000));
        }
        Assert.InRange(tellings, 500, 200 * 36);
    }

    private static async Task Switch(SettledTown town, string to) =>
        Assert.True((await town.Get<SetSetting>().Run(new("open_data", SettingPlace.Of(Residents.B), to, Actor.Job("test")))).Ok);
}
