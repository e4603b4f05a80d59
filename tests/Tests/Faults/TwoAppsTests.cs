using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>Goal: any number of App processes on one PostgreSQL take turns; points are never used twice (S2-P7e).</summary>
public class TwoAppsTests
{
    [Fact]
    public async Task Two_Apps_on_one_PostgreSQL_pay_from_the_same_lots_and_the_audit_holds()
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        var place = $"postgres:{test.ConnectionString}";
        using var payments = await Payments.Prepare(place, seed: 3);
        await using var one = new AppProcess(place);
        await using var other = new AppProcess(place);
        await Task.WhenAll(one.Start(), other.Start());

        await payments.PayAll(one.Port, other.Port);

        payments.MustBeAll();
        await payments.MustStandOnce(place, one.Port);
        await payments.MustStandOnce(place, other.Port);
    }

    [Fact]
    public async Task S2_P7e_two_times_2000_of_2800_at_once_at_two_Apps_is_one_yes_and_one_insufficient_points()
    {
        await using var test = await TestDatabase.New(Engine.Postgres);
        await using var one = await TestApp.Over(test);
        var town = await Town.Build(one.Services);
        // More than a citizen moves on a day without the card (K-02): here it is the points that run short.
        Assert.True((await town.Get<SetSetting>().Run(new("password.day_limit", SettingPlace.Platform, "1000000", Actor.Job("test")))).Ok);
        // It reads the registry when it starts, and what others change a second later at most (S0-5018).
        await using var other = await TestApp.Over(test);
        var (first, second) = (await Till.At(one, town), await Till.At(other, town));
        for (var round = 0; round < 10; round++)
        {
            var tokens = (await first.CitizenToken(), await second.CitizenToken());
            var answers = await Task.WhenAll(first.Use(tokens.Item1, 2000), second.Use(tokens.Item2, 2000));

            Assert.Equal(["", "insufficient_points"], answers.Order());
            Assert.Equal(800, await town.Usable(Town.A));
            await town.Grant(town.Citizen, Town.A, 2000);
        }
        var report = await town.Get<Audit>().Run();
        Assert.True(report.Holds, report.Broken);
    }

    /// <summary>A terminal that speaks to one of the Apps.</summary>
    private sealed class Till(TestApp app, Town town, string cookie)
    {
        public static async Task<Till> At(TestApp app, Town town) => new(app, town, await town.Terminal(town.Shop));

        public async Task<string> CitizenToken()
        {
            var terminal = await town.Get<FindTerminal>().ByToken(cookie);
            return (await town.Get<UseOneTimeCode>().Use(terminal.Value, "MY123456", await town.Code())).Value;
        }

        /// <returns>The code of the refusal, or nothing.</returns>
        public async Task<string> Use(string token, long amount)
        {
            using var client = new HttpClient { BaseAddress = app.Loopback };
            client.DefaultRequestHeaders.Add("Cookie", $"mykey-terminal={cookie}");
            using var answer = await client.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = token, issuer = Town.A.Value, amount });
            return answer.IsSuccessStatusCode ? "" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;
        }
    }
}
