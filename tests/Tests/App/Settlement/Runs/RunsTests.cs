using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: what a municipality owes reaches its payee by the bank once, and not a yen that ledger, claims and file do not agree about.</summary>
public class RunsTests
{
    private const string Office = "/api/v1/office/settlement";

    internal static readonly DateOnly PayDay = new(2018, 1, 10);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6e_S2_P8b_S2_Q3_approved_claims_become_one_file_that_the_bank_answers(Engine engine)
    {
        await using var town = await Open(engine);
        var (maker, second) = await Approved(town, 300, 450);
        using var _ = maker;
        using var __ = second;
        var run = new WantedRun(Guid.CreateVersion7(), PayDay);
        await Refused("bank_account_missing", maker.PostAsJsonAsync($"{Office}/runs", run));
        await Own(maker, second, resultAt: 114);
        await Refused("nothing_to_pay", maker.PostAsJsonAsync($"{Office}/runs", run));
        foreach (var claim in await Claims(maker)) await Account(maker, second, claim);
        await Refused("bank_day", maker.PostAsJsonAsync($"{Office}/runs", run with { PayDay = new DateOnly(2018, 1, 7) }));
        await Refused("bank_day", maker.PostAsJsonAsync($"{Office}/runs", run with { PayDay = town.Clock.Today() }));
        await Refused("role_forbidden", second.PostAsJsonAsync($"{Office}/runs", run));

        var made = await Ok<PaymentRunReply>(maker.PostAsJsonAsync($"{Office}/runs", run));
        Assert.Equal((2, 750L, "checking"), (made.Transfers, made.Amount, made.State));
        Assert.Equal(made, await Ok<PaymentRunReply>(maker.PostAsJsonAsync($"{Office}/runs", run)));
        await Refused("nothing_to_pay", maker.PostAsJsonAsync($"{Office}/runs", run with { Id = Guid.CreateVersion7() }));
        await Refused("not_found", second.PostAsync($"{Office}/runs/{run.Id}/approve", null));
        await Check(town);
        await Refused("not_found", maker.GetAsync($"{Office}/runs/{run.Id}/file"));
        await Refused("four_eyes", maker.PostAsync($"{Office}/runs/{run.Id}/approve", null));
        Assert.Equal("approved", (await Ok<PaymentRunReply>(second.PostAsync($"{Office}/runs/{run.Id}/approve", null))).State);

        var file = await maker.GetByteArrayAsync($"{Office}/runs/{run.Id}/file");
        var lines = Enumerable.Range(0, file.Length / 120).Select(n => Encoding.Latin1.GetString(file, n * 120, 120)).ToList();
        Assert.Equal(750, lines.Where(l => l[0] == '2').Sum(l => long.Parse(l.AsSpan(80, 10), provider: null)));
        Assert.Equal("8" + "000002" + "000000000750", lines[^2].TrimEnd());
        Assert.Equal("0110", lines[0].Substring(54, 4));

        // The bank could not pay the second one.
        await Refused("bank_file_bad", Result(maker, run.Id, file));
        var answer = (byte[])file.Clone();
        (answer[1 * 120 + 113], answer[2 * 120 + 113]) = ((byte)'0', (byte)'2');
        var other = (byte[])answer.Clone();
        other[1 * 120 + 49] = (byte)'9';
        await Refused("bank_file_bad", Result(maker, run.Id, other));
        Assert.Equal("done", (await Ok<PaymentRunReply>(Result(maker, run.Id, answer))).State);
        await Refused("not_found", Result(maker, run.Id, answer));
        await Refused("not_found", second.PostAsJsonAsync($"{Office}/runs/{run.Id}/withdraw", new ReasonRequest("まちがい")));

        var whole = (await maker.GetFromJsonAsync<PaymentRunWholeReply>($"{Office}/runs/{run.Id}"))!;
        Assert.Equal(["paid", "returned"], whole.Transfers.Select(t => t.State));
        Assert.Equal(["approved", "paid"], (await Claims(maker)).Select(c => c.State).Order());
        var again = await Ok<PaymentRunReply>(maker.PostAsJsonAsync($"{Office}/runs", run with { Id = Guid.CreateVersion7() }));
        Assert.Equal((1, whole.Transfers[1].Amount), (again.Transfers, again.Amount));
        await town.MustHold();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_Q3_a_yen_of_difference_blocks_the_file_and_says_where(Engine engine)
    {
        await using var town = await Open(engine);
        var (maker, second) = await Approved(town, 300, 450);
        using var _ = maker;
        using var __ = second;
        await Own(maker, second);
        var claims = await Claims(maker);
        foreach (var claim in claims) await Account(maker, second, claim);
        await Break(town, $"update stl_claim set used = used + 1, amount = amount + 1 where id = {Literal(engine, claims[0].Id)}");
        var first = await Run(maker, town);

        var blocked = (await maker.GetFromJsonAsync<PaymentRunWholeReply>($"{Office}/runs/{first}"))!;
        Assert.Equal("blocked", blocked.Run.State);
        Assert.Equal(("ledger", "2017-12", claims[0].Creditor, claims[0].Amount + 1, claims[0].Amount), blocked.Differences.Select(d => (d.FoundIn, d.Month, d.Creditor, d.Claimed, d.Found)).Single());
        await Refused("run_blocked", second.PostAsync($"{Office}/runs/{first}/approve", null));
        Assert.True(await Ok<bool>(maker.PostAsJsonAsync($"{Office}/runs/{first}/withdraw", new ReasonRequest(null))));
        await Break(town, $"update stl_claim set used = used - 1, amount = amount - 1 where id = {Literal(engine, claims[0].Id)}");

        // A claim that changes after the file was written: the file is not what is claimed any more.
        var made = await Ok<PaymentRunReply>(maker.PostAsJsonAsync($"{Office}/runs", new WantedRun(Guid.CreateVersion7(), PayDay)));
        await Break(town, $"update stl_claim set fee = 1, amount = amount - 1 where id = {Literal(engine, claims[1].Id)}");
        await Check(town);
        var differs = (await maker.GetFromJsonAsync<PaymentRunWholeReply>($"{Office}/runs/{made.Id}"))!;
        Assert.Equal([("file", (Guid?)claims[1].Creditor), ("file", null)], differs.Differences.Select(d => (d.FoundIn, d.Creditor)));
    }

    [Fact]
    public async Task S2_P6e_an_account_takes_two_officers_and_a_file_with_an_old_one_is_not_approved()
    {
        await using var town = await Open();
        var (maker, second) = await Approved(town, 300, 450);
        using var _ = maker;
        using var __ = second;
        await Own(maker, second);
        var claims = await Claims(maker);
        foreach (var claim in claims) await Account(maker, second, claim);
        var run = await Run(maker, town);
        var changed = Wanted(claims[0]) with { Id = Guid.CreateVersion7() };
        await Refused("bank_format", maker.PostAsJsonAsync($"{Office}/accounts", changed with { Account = changed.Account with { Holder = "田中" } }));
        await Refused("not_found", maker.PostAsJsonAsync($"{Office}/accounts", changed with { Creditor = Guid.CreateVersion7() }));
        await Refused("role_forbidden", second.PostAsJsonAsync($"{Office}/accounts", changed));
        var waiting = await Ok<KeptAccountReply>(maker.PostAsJsonAsync($"{Office}/accounts", changed));
        await Refused("account_waiting", maker.PostAsJsonAsync($"{Office}/accounts", changed with { Id = Guid.CreateVersion7() }));
        await Refused("four_eyes", maker.PostAsync($"{Office}/accounts/{waiting.Id}/approve", null));
        await Ok<KeptAccountReply>(second.PostAsync($"{Office}/accounts/{waiting.Id}/approve", null));

        await Refused("account_changed", second.PostAsync($"{Office}/runs/{run}/approve", null));
        Assert.True(await Ok<bool>(second.PostAsJsonAsync($"{Office}/runs/{run}/withdraw", new ReasonRequest(null))));
        var next = await Run(maker, town);
        await Ok<PaymentRunReply>(second.PostAsync($"{Office}/runs/{next}/approve", null));
        await Refused("bank_result_unknown", Result(maker, next, new byte[480]));
        await Refused("not_started", maker.PostAsJsonAsync($"{Office}/runs/{next}/returned", new RunResultRequest([])));
        await Refused("field_required", second.PostAsJsonAsync($"{Office}/runs/{next}/withdraw", new ReasonRequest("")));
        town.Clock.Jump(TimeSpan.FromDays(6));
        using var later = await town.Again("A-1");
        await Refused("not_found", later.PostAsJsonAsync($"{Office}/runs/{next}/returned", new RunResultRequest([99])));
        Assert.Equal("done", (await Ok<PaymentRunReply>(later.PostAsJsonAsync($"{Office}/runs/{next}/returned", new RunResultRequest([])))).State);
        Assert.All(await Claims(later), c => Assert.Equal("paid", c.State));
    }

    /// <summary>Two shops took points, and what they claim is approved.</summary>
    internal static async Task<(HttpClient Maker, HttpClient Second)> Approved(SettledTown town, params long[] amounts)
    {
        await town.Town.Grant(town.Citizen, 50_000, 300);
        await ClaimsTests.Set(town, "settlement.claim", "auto");
        await ClaimsTests.Set(town, "settlement.four_eyes_above", "1000000");
        foreach (var amount in amounts) await town.Use(amount, await ClaimsTests.Shop(town, "shop", Residents.A));
        await town.Close(2018, 1, 5);
        var (maker, second) = (await town.Officer(Role.Officer, Role.Approver), await town.Officer(Role.Approver));
        var claims = await Claims(maker);
        Assert.False((await Ok<ApprovalMade>(maker.PostAsJsonAsync($"{Office}/approvals", new WantedApproval(Guid.CreateVersion7(), [.. claims.Select(c => c.Id)])))).Waits);
        return (maker, second);
    }

    internal static async Task<SettlementClaimReply[]> Claims(HttpClient officer) => (await officer.GetFromJsonAsync<SettlementClaimReply[]>($"{Office}/months/2017-12/claims"))!;

    internal static async Task Own(HttpClient maker, HttpClient second, int? resultAt = null, string number = "123")
    {
        var wanted = new WantedAccount(Guid.CreateVersion7(), null, null, new BankAccountEntry("0001", "アオイ", "002", "ホンテン", "current", number, "エーシ"), "42", "エーシ", ResultAt: resultAt);
        await Ok<KeptAccountReply>(maker.PostAsJsonAsync($"{Office}/accounts", wanted));
        await Ok<KeptAccountReply>(second.PostAsync($"{Office}/accounts/{wanted.Id}/approve", null));
    }

    internal static async Task Account(HttpClient maker, HttpClient second, SettlementClaimReply claim, string number = "7654321")
    {
        var wanted = Wanted(claim, number);
        await Ok<KeptAccountReply>(maker.PostAsJsonAsync($"{Office}/accounts", wanted));
        await Ok<KeptAccountReply>(second.PostAsync($"{Office}/accounts/{wanted.Id}/approve", null));
    }

    internal static WantedAccount Wanted(SettlementClaimReply claim, string number = "7654321") =>
        new(Guid.CreateVersion7(), claim.CreditorKind, claim.Creditor, new BankAccountEntry("0003", "ミドリ", "004", "エキマエ", "ordinary", number, "株式会社パンヤ"));

    internal static async Task<Guid> Run(HttpClient maker, SettledTown town)
    {
        var made = await Ok<PaymentRunReply>(maker.PostAsJsonAsync($"{Office}/runs", new WantedRun(Guid.CreateVersion7(), PayDay)));
        await Check(town);
        return made.Id;
    }

    internal static async Task Check(SettledTown town)
    {
        while (await town.Get<CheckRuns>().Step(Actor.Job("settle-check-runs")) is not null)
        {
        }
    }

    internal static Task<HttpResponseMessage> Result(HttpClient officer, Guid run, byte[] file) =>
        officer.PostAsync($"{Office}/runs/{run}/result", new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } });

    private static Task Break(SettledTown town, string sql) => town.Get<Database>().Write(tx => tx.Connection.ExecuteAsync(tx.Engine == Engine.Postgres ? $"set local role none; {sql}" : sql, transaction: tx.Handle));

    private static string Literal(Engine engine, Guid id) => engine == Engine.Sqlite ? $"x'{id:N}'" : $"'{id}'";
}
