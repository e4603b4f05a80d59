using System.Net.Http.Json;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.RunsTests;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: a file for the bank is made, approved, taken and ended once, by who may and was asked again just now, and of the own office only.</summary>
public class RunGuardsTests
{
    private const string Office = "/api/v1/office/settlement";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8b_V_D3_claims_go_into_one_file_however_often_it_is_asked_for(Engine engine)
    {
        await using var town = await Ready(engine);
        using var third = await town.Town.Officer(Role.Officer);
        using var admin = await town.Town.Officer(Role.StaffAdmin);
        var run = new WantedRun(Guid.CreateVersion7(), PayDay);
        await Refused("role_forbidden", admin.PostAsJsonAsync($"{Office}/runs", run));
        await Refused("bank_day", town.Maker.PostAsJsonAsync($"{Office}/runs", run with { PayDay = town.Town.Clock.Today().AddDays(61) }));

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async n => await town.Maker.PostAsJsonAsync($"{Office}/runs", n == 0 ? run : run with { Id = Guid.CreateVersion7() })));

        var made = await CouponTown.Read<PaymentRunReply>(Assert.Single(answers, a => a.IsSuccessStatusCode));
        foreach (var late in answers.Where(a => !a.IsSuccessStatusCode)) Assert.Contains(await CouponTown.Code(late), (string[])["settlement_decided", "nothing_to_pay"]);
        Assert.Equal((2, 750L), (made.Transfers, made.Amount));
        await Refused("id_reused", third.PostAsJsonAsync($"{Office}/runs", new WantedRun(made.Id, PayDay)));
        await Refused("id_reused", town.Maker.PostAsJsonAsync($"{Office}/runs", new WantedRun(made.Id, PayDay.AddDays(1))));
        town.Town.Clock.Jump(TimeSpan.FromMinutes(6));
        await Refused("confirm_required", town.Maker.PostAsJsonAsync($"{Office}/runs", new WantedRun(made.Id, PayDay)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6e_V_D3_a_file_is_let_go_and_ended_once_by_who_may(Engine engine)
    {
        await using var town = await Ready(engine, resultAt: 114);
        using var third = await town.Town.Officer(Role.Officer);
        using var admin = await town.Town.Officer(Role.StaffAdmin);
        using var stranger = await town.Town.Coupons.Desk.Officer("B-1", Residents.B, Role.Officer, Role.Approver);
        var path = $"{Office}/runs/{await Run(town.Maker, town.Town)}";
        var (nothing, why) = (new RunResultRequest([]), new ReasonRequest("まちがい"));
        await Refused("not_found", third.PostAsJsonAsync($"{path}/returned", nothing));
        await Refused("not_found", Sent(third, path, []));
        await Refused("not_found", stranger.GetAsync(path));
        await Refused("not_found", stranger.PostAsync($"{path}/approve", null));
        await Refused("not_found", stranger.PostAsJsonAsync($"{path}/withdraw", why));
        await Refused("role_forbidden", third.PostAsync($"{path}/approve", null));
        await Refused("role_forbidden", admin.PostAsJsonAsync($"{path}/withdraw", why));
        town.Town.Clock.Jump(TimeSpan.FromMinutes(6));
        await Refused("confirm_required", town.Second.PostAsync($"{path}/approve", null));
        using var second = await town.Town.Again("A-2");
        var let = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await second.PostAsync($"{path}/approve", null)));
        Assert.Single(let, a => a.IsSuccessStatusCode);

        await Refused("role_forbidden", third.PostAsJsonAsync($"{path}/withdraw", why));
        await Refused("role_forbidden", admin.GetAsync($"{path}/file"));
        await Refused("role_forbidden", second.PostAsJsonAsync($"{path}/returned", nothing));
        await Refused("role_forbidden", Sent(second, path, []));
        await Refused("confirm_required", third.GetAsync($"{path}/file"));
        await Refused("confirm_required", third.PostAsJsonAsync($"{path}/returned", nothing));
        await Refused("confirm_required", Sent(third, path, []));
        using var back = await town.Town.Coupons.Desk.SignIn("office", "B-1", Residents.B);
        await Refused("not_found", back.GetAsync($"{path}/file"));
        await Refused("not_found", back.PostAsJsonAsync($"{path}/returned", nothing));
        var file = await second.GetByteArrayAsync($"{path}/file");
        using var maker = await town.Town.Again("A-1");
        // Another day of payment in its head: it is no answer to this file.
        for (var record = 1; record <= 2; record++) file[record * 120 + 113] = (byte)'0';
        file[57] = (byte)'1';
        await Refused("bank_file_bad", Sent(maker, path, file));

        town.Town.Clock.Jump(TimeSpan.FromDays(6));
        using var later = await town.Town.Again("A-1");
        var told = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await later.PostAsJsonAsync($"{path}/returned", nothing)));
        Assert.Single(told, a => a.IsSuccessStatusCode);
        foreach (var late in told.Where(a => !a.IsSuccessStatusCode)) Assert.Equal("not_found", await CouponTown.Code(late));
    }

    [Fact]
    public async Task S2_Q3_a_file_with_an_account_that_changed_before_it_was_compared_is_blocked()
    {
        await using var town = await Ready(Engine.Sqlite);
        var claim = (await RunsTests.Claims(town.Maker))[0];
        async Task<IEnumerable<(string, Guid?)>> Compared(Func<Task> meanwhile)
        {
            var made = await Ok<PaymentRunReply>(town.Maker.PostAsJsonAsync($"{Office}/runs", new WantedRun(Guid.CreateVersion7(), PayDay)));
            await meanwhile();
            await RunsTests.Check(town.Town);
            var whole = (await town.Maker.GetFromJsonAsync<PaymentRunWholeReply>($"{Office}/runs/{made.Id}"))!;
            Assert.Equal("blocked", whole.Run.State);
            Assert.True(await Ok<bool>(town.Maker.PostAsJsonAsync($"{Office}/runs/{made.Id}/withdraw", new ReasonRequest(null))));
            return whole.Differences.Select(d => (d.FoundIn, d.Creditor));
        }
        Assert.Equal([("file", claim.Creditor)], await Compared(() => Account(town.Maker, town.Second, claim, "7654322")));
        Assert.Equal([("file", null)], await Compared(() => Own(town.Maker, town.Second, number: "124")));
    }

    private static Task<HttpResponseMessage> Sent(HttpClient officer, string path, byte[] file) => Result(officer, Guid.Parse(path.Split('/')[^1]), file);

    /// <summary>Everything is approved and has its account.</summary>
    private static async Task<ReadyTown> Ready(Engine engine, int? resultAt = null)
    {
        var town = await Open(engine);
        var (maker, second) = await Approved(town, 300, 450);
        await Own(maker, second, resultAt);
        foreach (var claim in await RunsTests.Claims(maker)) await Account(maker, second, claim);
        return new ReadyTown(town, maker, second);
    }

    private sealed record ReadyTown(SettledTown Town, HttpClient Maker, HttpClient Second) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Maker.Dispose();
            Second.Dispose();
            return Town.DisposeAsync();
        }
    }
}
