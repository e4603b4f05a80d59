using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.Offers;
using MyKey.App.Reports;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Applications;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Reports;

/// <summary>Goal: what an office sees of its offers is what the ledger says, to the last point, and its file leads from no programme to another.</summary>
public class FiguresTests
{
    private static async Task<GrantOffice> Open(Engine engine, TestClock clock) =>
        await GrantOffice.Open(await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);

    private static async Task<Guid> Publish(GrantOffice office, string title, string screening = "none", string delivery = "citizen_chooses", long points = 500)
    {
        var today = office.Town.Get<TimeProvider>().Today();
        var offer = await Offering.Publish(office, Offering.Full(today, title, points) with { Screening = screening, Delivery = delivery, ClaimUntil = delivery == "municipal_points" ? null : today.AddDays(60) });
        await office.App.Database.WriteOrRefuse(tx => office.Town.Get<Limits>().SetTotal(tx, LimitId.Budget(new ProgrammeId(offer)), new Points(10_000)));
        return offer;
    }

    private static async Task<IReadOnlyList<(CitizenId Id, int Serial)>> People(GrantOffice office, int count)
    {
        var people = new List<(CitizenId, int)> { (office.Town.Citizen, 1) };
        for (var serial = 2; serial <= count; serial++) people.Add(((await office.Town.Issue($"MY65432{serial}", serial)).Id, serial));
        return people;
    }

    private static async Task<FiguresReply> Figures(HttpClient officer, Guid offer)
    {
        var answer = await officer.GetAsync($"{Offering.Offices}/{offer}/figures");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<FiguresReply>())!;
    }

    /// <summary>The balance of the entitlements' account and what left it, by kind, out of the postings alone.</summary>
    private static async Task<(long Balance, Dictionary<TransferKind, long> ByKind)> Account(GrantOffice office, Guid offer)
    {
        await using var connection = await office.App.Database.Open();
        var rows = (await connection.QueryAsync<(int Kind, long Amount)>("""
            select t.kind, cast(sum(p.amount) as bigint) from ledger_posting p join ledger_transfer t on t.id = p.transfer where p.account = @account group by t.kind
            """, new { account = $"15.{Town.A.Value}.{offer:N}" })).ToDictionary(r => (TransferKind)r.Kind, r => r.Amount);
        return (rows.Values.Sum(), rows);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_the_figures_are_the_ledgers_before_and_after_what_nobody_received_lapsed(Engine engine)
    {
        var clock = new TestClock();
        await using var office = await Open(engine, clock);
        var (offer, screened) = (await Publish(office, "子育て応援ポイント"), await Publish(office, "見学のポイント", "by_hand", "municipal_points", 300));
        var people = await People(office, 4);
        var grants = new List<TransferId>();
        foreach (var (citizen, serial) in people) grants.Add((await office.Apply(citizen, serial, offer)).Value.Id);
        foreach (var (citizen, serial) in people) await office.Apply(citizen, serial, screened);
        var waiting = (await office.Town.Get<FindApplications>().Page(new ApplicationQuery(new ProgrammeId(screened)))).Found;
        await office.Officer.PostAsJsonAsync($"{Offering.Offices}/{screened}/applications/accept", new ScreeningRequest([waiting[0].Id.Value]));
        await office.Officer.PostAsJsonAsync($"{Offering.Offices}/{screened}/applications/reject", new ScreeningRequest([waiting[1].Id.Value], "地区がちがいます"));
        Assert.Equal(ClaimState.Granted, (await office.Town.Get<PlaceClaim>().Run(people[0].Id, Guid.CreateVersion7(), new WantedClaim(grants[0], ClaimTarget.Municipal, Fallback.None))).Value.State);
        await office.App.Database.Write(tx => office.Town.Get<VoidPoints>().Begin(tx, people[1].Id));
        await office.Town.Get<VoidPoints>().Run();

        var now = await Figures(office.Officer, offer);
        var (balance, kinds) = await Account(office, offer);
        Assert.Equal((4L, 2_000L), (now.Granted.Count, now.Granted.Points));
        Assert.Equal((balance, -kinds[TransferKind.Move], -kinds[TransferKind.Void], kinds[TransferKind.Grant]), (now.ToReceive.Points, now.Municipal.Points, now.Void.Points, now.Granted.Points));
        Assert.Equal((2L, 0L, 0L, 8_000L, true), (now.ToReceive.Count, now.Soon.Count, now.Lapsed.Count, now.BudgetRest, now.AddsUp));
        Assert.Equal((clock.Today(), 4L), (now.Days.Single().Day, now.Days.Single().Count));
        var other = await Figures(office.Officer, screened);
        Assert.Equal((2L, 1L, 1L, 300L), (other.States["waiting"], other.States["granted"], other.States["rejected"], other.Granted.Points));
        Assert.Equal(2, (await office.Officer.GetFromJsonAsync<List<FiguresReply>>($"{Offering.Offices}/figures"))!.Count);

        // 30 days before the end it lapses soon; after it it has lapsed, whether the job has come by or not.
        clock.Jump(TimeSpan.FromDays(31));
        Assert.Equal((2L, 2L), await Later(f => (f.ToReceive.Count, f.Soon.Count)));
        clock.Jump(TimeSpan.FromDays(30));
        Assert.Equal((0L, 2L), await Later(f => (f.ToReceive.Count, f.Lapsed.Count)));
        await new Expire(office.App.Database, office.Town.Get<MyKey.Ledger.Ledger>(), clock).Run();
        Assert.Equal((0L, -(await Account(office, offer)).ByKind[TransferKind.Expire]), await Later(f => (f.ToReceive.Points, f.Lapsed.Points)));
        var again = await office.Desk.SignIn("office", "OF-001", Town.A);
        var lapsed = (await again.GetFromJsonAsync<LapsedPageReply>($"{Offering.Offices}/{offer}/lapsed"))!;
        Assert.Equal(2, lapsed.Lapsed.Count);
        Assert.All(lapsed.Lapsed, l => Assert.Equal((500L, "M＊＊＊＊＊"), (l.Points, l.MyKeyId![..6])));
        var page = WebUtility.HtmlDecode(await again.GetStringAsync($"/office/offers/{offer}/lapsed"));
        Assert.Contains("500", page, StringComparison.Ordinal);
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);

        async Task<T> Later<T>(Func<FiguresReply, T> read) => read(await Figures(await office.Desk.SignIn("office", "OF-001", Town.A), offer));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_S1_rows_that_differ_from_the_ledger_are_told(Engine engine)
    {
        await using var office = await Open(engine, new TestClock());
        var offer = await Publish(office, "子育て応援ポイント");
        foreach (var (citizen, serial) in await People(office, 2)) await office.Apply(citizen, serial, offer);
        Assert.True((await Figures(office.Officer, offer)).AddsUp);
        Assert.DoesNotContain("数が合いません", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"/office/offers/{offer}/figures")), StringComparison.Ordinal);

        await using (var connection = await office.App.Database.Open()) await connection.ExecuteAsync("delete from inc_entitlement where citizen = @Citizen", new { office.Town.Citizen });

        Assert.False((await Figures(office.Officer, offer)).AddsUp);
        Assert.Contains("数が合いません", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"/office/offers/{offer}/figures")), StringComparison.Ordinal);
        Assert.Contains("数が合いません", WebUtility.HtmlDecode(await office.Officer.GetStringAsync("/office/offers/figures")), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task W_D1_K_16_two_files_have_no_key_in_common_and_no_person_in_them(Engine engine)
    {
        await using var office = await Open(engine, new TestClock());
        var (first, second) = (await Publish(office, "子育て応援ポイント"), await Publish(office, "見学のポイント", "by_hand", "municipal_points"));
        var people = await People(office, 3);
        foreach (var offer in new[] { first, second })
            foreach (var (citizen, serial) in people) await office.Apply(citizen, serial, offer);
        var rejected = (await office.Town.Get<FindApplications>().Page(new ApplicationQuery(new ProgrammeId(second)))).Found[0].Id;
        await office.Officer.PostAsJsonAsync($"{Offering.Offices}/{second}/applications/reject", new ScreeningRequest([rejected.Value], "=HYPERLINK(\"x\")"));

        var (a, b) = (await Csv(office, first), await Csv(office, second));

        Assert.All(new[] { a, b }, file => Assert.Equal(4, file.Length));
        Assert.Empty(Numbers(a).Intersect(Numbers(b)));
        Assert.Equal(Numbers(a), Numbers(await Csv(office, first)));
        Assert.Equal(3, Numbers(a).Distinct().Count());
        var whole = string.Join('\n', a.Concat(b));
        await using var connection = await office.App.Database.Open();
        var keys = (await connection.QueryAsync<(Guid Citizen, Guid Person, string Shown, Guid Id)>("select citizen, person, shown_id, id from inc_application")).SelectMany(r => new[] { $"{r.Citizen:N}", $"{r.Citizen}", $"{r.Person:N}", r.Shown, $"{r.Id:N}", $"{r.Id}" });
        Assert.All(keys, key => Assert.DoesNotContain(key, whole, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("\"'=HYPERLINK(\"\"x\"\")\"", whole, StringComparison.Ordinal);
        Assert.Contains("まだ", whole, StringComparison.Ordinal);
        Assert.Equal(3, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'offer.exported'"));

        var page = $"/office/offers/{first}/figures";
        var saved = await office.App.Submit(office.Officer, page, $"{page}?handler=Csv");
        Assert.Equal(("text/csv", "applications.csv"), (saved.Content.Headers.ContentType?.MediaType, saved.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal(string.Join("\r\n", a) + "\r\n", (await saved.Content.ReadAsStringAsync()).TrimStart('\uFEFF'));
    }

    [Fact]
    public async Task W_D1_the_neighbour_and_a_draft_give_no_figures()
    {
        await using var office = await GrantOffice.Open();
        var offer = await Publish(office, "子育て応援ポイント");
        var draft = Guid.CreateVersion7();
        await office.Officer.PutAsJsonAsync($"{Offering.Offices}/{draft}", Offering.Full(office.Town.Get<TimeProvider>().Today(), "下書き"));
        using var neighbour = await office.Desk.Officer("OF-009", Town.B, Role.Officer);
        using var approver = await office.Desk.Officer("OF-010", Town.A, Role.Approver);
        foreach (var part in new[] { "figures", "lapsed", "applications.csv" })
        {
            Assert.Equal("not_found", await GrantOffice.Code(await neighbour.GetAsync($"{Offering.Offices}/{offer}/{part}")));
            Assert.Equal("role_forbidden", await GrantOffice.Code(await approver.GetAsync($"{Offering.Offices}/{offer}/{part}")));
        }
        foreach (var part in new[] { "figures", "applications.csv" }) Assert.Equal("not_found", await GrantOffice.Code(await office.Officer.GetAsync($"{Offering.Offices}/{draft}/{part}")));
        Assert.Equal(HttpStatusCode.NotFound, (await neighbour.GetAsync($"/office/offers/{offer}/figures")).StatusCode);
        Assert.Equal("field_unknown", await GrantOffice.Code(await office.Officer.GetAsync($"{Offering.Offices}/{offer}/lapsed?page=0")));
    }

    private static async Task<string[]> Csv(GrantOffice office, Guid offer)
    {
        var bytes = await office.Officer.GetByteArrayAsync($"{Offering.Offices}/{offer}/applications.csv");
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), bytes[..3]);
        return Encoding.UTF8.GetString(bytes.AsSpan(3)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static IReadOnlyList<string> Numbers(string[] file) => [.. file.Skip(1).Select(l => l.Split(',')[0])];
}
