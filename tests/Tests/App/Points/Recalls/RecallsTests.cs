using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Grants;
using MyKey.App.Passbooks;
using MyKey.App.Recalls;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Recalls;

/// <summary>Goal: a municipality takes a wrong grant back as far as it is not spent; the rest is a debt that it can list, and the citizen reads why (Z2, S2-P2c).</summary>
public class RecallsTests
{
    private const string Path = "/api/v1/office/recalls";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Z2_the_unspent_part_goes_back_the_spent_part_is_a_debt_and_the_year_is_free_again(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Begin(GrantOffice.Rules(cap: 2_000));
        var wrong = office.Request(2_000);
        await office.Post(wrong);
        await Spend(office, 3_000);
        Assert.Equal("field_required", await GrantOffice.Code(await office.Officer.PostAsJsonAsync(Path, new RecallRequest(Guid.CreateVersion7(), " ", wrong.Id))));
        Assert.Equal("not_found", await GrantOffice.Code(await office.Officer.PostAsJsonAsync(Path, new RecallRequest(Guid.CreateVersion7(), "人ちがい", Guid.CreateVersion7()))));

        var request = new RecallRequest(Guid.CreateVersion7(), "人ちがい", wrong.Id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Officer.PostAsJsonAsync(Path, request)));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Created);
        var recalled = (await office.Officer.GetFromJsonAsync<RecallReply>($"{Path}/{request.Id}"))!;
        Assert.Equal(("posted", 2_000L, 1_800L, 200L), (recalled.State, recalled.Granted, recalled.Recalled, recalled.Owed));
        Assert.Equal((0, 9_800), (await office.Usable(), await office.Rest()));
        Assert.Equal("recall_nothing", await GrantOffice.Code(await office.Officer.PostAsJsonAsync(Path, request with { Id = Guid.CreateVersion7() })));
        Assert.Equal("id_reused", await GrantOffice.Code(await office.Officer.PostAsJsonAsync(Path, request with { Reason = "別の理由" })));
        Assert.Contains("1800,200,人ちがい", await office.Officer.GetStringAsync($"{Path}/owed.csv"), StringComparison.Ordinal);
        var line = (await office.Town.Get<Passbook>().Read(office.Town.Citizen, Town.A, null, default)).Lines[0];
        Assert.Equal(("外出の応援の取り戻し（理由　人ちがい）", 1_800L), (line.Event, line.Out!.Value.Value));

        var next = (await (await office.Post(office.Request(2_000))).Content.ReadFromJsonAsync<GrantReply>())!;
        Assert.Equal((1_800, true), (next.Points, next.Capped));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        Assert.Null((await office.Town.Get<AuditRecalls>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_large_recall_waits_for_another_officer_and_a_line_of_a_file_is_recalled_too(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 50_000);
        using var approver = await office.Approver();
        var stored = await office.Store("マイキーID,ポイント,行事\nMY123456,12000,清掃\n");
        await office.Officer.Do("commit", stored);
        await approver.Do("approve", stored);
        await office.Done(stored);

        var request = new RecallRequest(Guid.CreateVersion7(), "金額のまちがい", File: stored.Hash, Line: 2);
        Assert.Equal("waiting", (await (await office.Officer.PostAsJsonAsync(Path, request)).Content.ReadFromJsonAsync<RecallReply>())!.State);
        Assert.Equal("form_expired", await GrantOffice.Code(await office.Officer.PostAsJsonAsync(Path, request with { Id = Guid.CreateVersion7() })));
        Assert.Equal("role_forbidden", await GrantOffice.Code(await office.Officer.PostAsync($"{Path}/{request.Id}/approve", null)));
        await office.Officer.PostAsync($"{Path}/{request.Id}/withdraw", null);
        Assert.Equal("not_found", await GrantOffice.Code(await approver.PostAsync($"{Path}/{request.Id}/approve", null)));
        var mine = request with { Id = Guid.CreateVersion7() };
        await approver.PostAsJsonAsync(Path, mine);
        Assert.Equal("four_eyes", await GrantOffice.Code(await approver.PostAsync($"{Path}/{mine.Id}/approve", null)));
        await approver.PostAsync($"{Path}/{mine.Id}/withdraw", null);
        var again = request with { Id = Guid.CreateVersion7() };
        await office.Officer.PostAsJsonAsync(Path, again);
        await Spend(office, 2_801);
        for (var click = 0; click < 2; click++) Assert.Equal(HttpStatusCode.OK, (await approver.PostAsync($"{Path}/{again.Id}/approve", null)).StatusCode);

        var posted = (await office.Officer.GetFromJsonAsync<RecallReply>($"{Path}/{again.Id}"))!;
        Assert.Equal(("posted", 11_999L, 1L), (posted.State, posted.Recalled, posted.Owed));
        Assert.Equal((0, 49_999), (await office.Usable(), await office.Rest()));
        Assert.Single((await office.Officer.GetFromJsonAsync<List<RecallReply>>($"{Path}/owed"))!);
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        Assert.Null((await office.Town.Get<AuditRecalls>().Run()).Broken);
    }

    [Fact]
    public async Task Z2_what_is_spent_whole_is_a_debt_only_and_the_audit_names_a_recall_that_says_more()
    {
        await using var office = await GrantOffice.Open();
        var wrong = office.Request(100);
        await office.Post(wrong);
        await Spend(office, 2_900);
        var request = new RecallRequest(Guid.CreateVersion7(), "人ちがい", wrong.Id);
        var only = (await (await office.Officer.PostAsJsonAsync(Path, request)).Content.ReadFromJsonAsync<RecallReply>())!;
        Assert.Equal((0L, 100L), (only.Recalled, only.Owed));
        Assert.Equal(9_900, await office.Rest());
        Assert.Null((await office.Town.Get<AuditRecalls>().Run()).Broken);
        await office.App.Database.Write(tx => tx.Connection.ExecuteAsync("update pts_recall set recalled = 1", transaction: tx.Handle));
        Assert.Contains("1 went back, the ledger says 0", (await office.Town.Get<AuditRecalls>().Run()).Broken, StringComparison.Ordinal);
    }

    private static async Task Spend(GrantOffice office, long points) =>
        Assert.True((await office.Town.Get<MyKey.Ledger.Ledger>().Post(Transfer.Use(Ids.New<TransferId>(office.Town.Get<TimeProvider>()), office.Town.Citizen, Town.A, new Points(points), office.Town.Shop, Actor.Job("test")))).Ok);
}
