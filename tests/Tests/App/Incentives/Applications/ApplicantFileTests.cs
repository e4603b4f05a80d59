using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.App.Recalls;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Grants;
using MyKey.Tests.App.Offers;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Applications;

/// <summary>Goal: staff enter many at once, see first what each line says, and nobody is entered twice; what was granted in error comes back as far as it is not received.</summary>
public class ApplicantFileTests
{
    private static OfferRequest Offer(GrantOffice office) => Offering.Full(office.Town.Get<TimeProvider>().Today()) with { Screening = "none", LateUntil = office.Town.Get<TimeProvider>().Today().AddDays(30) };

    private static string Path(Guid offer) => $"/api/v1/office/offers/{offer}/applicant-files";

    private static async Task<HttpResponseMessage> Send(GrantOffice office, Guid offer, string text, string reason = "名簿がおくれて届いた")
    {
        using var csv = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new("text/csv") } };
        return await office.Officer.PostAsync($"{Path(offer)}?reason={Uri.EscapeDataString(reason)}", csv);
    }

    private static async Task<ApplicantFileReply> Read(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ApplicantFileReply>())!;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_33_S1_32_a_file_shows_each_line_first_and_enters_each_person_once(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (second, third) = ((await office.Town.Issue("MY654321", 2)).Id, (await office.Town.Issue("MY777777", 3)).Id);
        var offer = await Offering.Publish(office, Offer(office) with { Points = 100 });
        await office.Apply(third, 3, offer);

        var stored = await Read(await Send(office, offer, "マイキーID\nMY123456\nMY654321\nmy123456\nMY777777\nNOBODY99\nx\n"));
        Assert.Equal(("stored", 2, 0, 4), (stored.State, stored.Open, stored.Entered, stored.Refused));
        Assert.Equal([(2, ""), (3, ""), (4, "already_applied"), (5, "already_applied"), (6, "mykey_unknown"), (7, "id_format")], stored.Rows.Select(r => (r.Line, r.Code)));
        Assert.Equal(2, stored.Rows[2].SameLine);
        Assert.DoesNotContain("MY123456", stored.Rows[0].MyKeyId, StringComparison.Ordinal);
        Assert.Equal((2800, 0L), (await office.Town.Usable(Town.A), await office.Town.Usable(Town.A, second)));

        // Twice at once, and once more; of one who applied meanwhile the line is refused.
        await office.Apply(second, 2, offer);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => office.Officer.PostAsync($"{Path(offer)}/{stored.Id}/enter", null)));
        Assert.Contains(both, b => b.IsSuccessStatusCode);
        var after = await Read(await office.Officer.PostAsync($"{Path(offer)}/{stored.Id}/enter", null));
        Assert.Equal(("entered", 0, 1, 5), (after.State, after.Open, after.Entered, after.Refused));
        Assert.Equal((2900, 100L), (await office.Town.Usable(Town.A), await office.Town.Usable(Town.A, second)));
        Assert.Equal("名簿がおくれて届いた", Assert.Single(await office.Town.Get<FindApplications>().Of(office.Town.Citizen)).Late!.Reason);
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        await using var connection = await office.App.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'applicants.entered'"));
    }

    [Fact]
    public async Task S1_33_what_no_file_of_applicants_is_and_what_comes_too_late_is_refused()
    {
        var clock = new TestClock();
        await using var office = await GrantOffice.Open(await TestApp.Start(change: b => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(b.Services, clock)), 10_000);
        var offer = await Offering.Publish(office, Offer(office));
        (string Text, string Code)[] bad = [("マイキーID\n", "file_empty"), ("名前\nだれか\n", "field_required"), ("マイキーID,名前\nMY123456,だれか\n", "field_unknown"), ("マイキーID\n" + string.Concat(Enumerable.Repeat("MY123456\n", 501)), "too_large")];
        foreach (var (text, code) in bad) Assert.Equal(code, await GrantOffice.Code(await Send(office, offer, text)));
        Assert.Equal("field_required", await GrantOffice.Code(await Send(office, offer, "マイキーID\nMY123456\n", "")));
        Assert.Equal("my_number_refused", await GrantOffice.Code(await Send(office, offer, "マイキーID\nMY123456\n", "番号は 1234 5678 9018 です")));
        Assert.Equal("not_found", await GrantOffice.Code(await office.Officer.GetAsync($"{Path(offer)}/{Guid.NewGuid()}")));
        var stored = await Read(await Send(office, offer, "マイキーID\nMY123456\n"));
        clock.Jump(TimeSpan.FromDays(31));
        using var again = await office.Desk.SignIn("office", "OF-001");
        var late = await Read(await again.PostAsync($"{Path(offer)}/{stored.Id}/enter", null));
        Assert.Equal("report_closed", late.Rows.Single().Code);
    }

    [Fact]
    public async Task S1_33_the_page_shows_the_lines_and_enters_them()
    {
        await using var office = await GrantOffice.Open();
        var offer = await Offering.Publish(office, Offer(office) with { Screening = "by_hand" });
        var path = $"/office/offers/{offer}/enter/file";
        var stored = await Read(await Send(office, offer, "マイキーID\nMY123456\nNOBODY99\n"));
        var page = WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{path}?file={stored.Id}"));
        foreach (var words in (string[])["まだ入れていません", "1人の申しこみを入れる", "3行目", "mykey_unknown"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Equal($"{path}?file={stored.Id}", (await office.App.Submit(office.Officer, path, $"{path}?handler=Enter&file={stored.Id}")).Headers.Location?.ToString());
        Assert.Contains("1人の申しこみを入れました", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"{path}?file={stored.Id}")), StringComparison.Ordinal);
        Assert.Equal(ApplicationState.Waiting, Assert.Single(await office.Town.Get<FindApplications>().Of(office.Town.Citizen)).State);
        Assert.Contains(path, await office.Officer.GetStringAsync($"/office/offers/{offer}/applications"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_10_S1_29_what_was_granted_out_of_an_application_is_recalled_as_far_as_it_is_not_received(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var (me, other, today) = (office.Town.Citizen, (await office.Town.Issue("MY654321", 2)).Id, office.Town.Get<TimeProvider>().Today());
        var offer = await Offering.Publish(office, Offer(office) with { Points = 100, Delivery = "citizen_chooses", ClaimUntil = today.AddDays(60) });
        var (open, received) = ((await office.Apply(me, 1, offer)).Value, (await office.Apply(other, 2, offer)).Value);
        Assert.True((await office.Town.Get<MyKey.App.Claims.PlaceClaim>().Run(other, Guid.CreateVersion7(), new(received.Id, MyKey.App.Claims.ClaimTarget.Municipal, MyKey.App.Claims.Fallback.None))).Ok);
        var page = WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"/office/recalls/new?grant={received.Id.Value}"));
        foreach (var words in (string[])["もう受け取った", "100"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains($"/office/recalls/new?grant={open.Id.Value}", await office.Officer.GetStringAsync($"/office/offers/{offer}/applications"), StringComparison.Ordinal);

        Assert.Equal(("posted", 100L, 0L), await Recall(open));
        Assert.Equal(("posted", 0L, 100L), await Recall(received));
        Assert.Empty(await office.Town.Get<EntitlementReading>().Of(me, today));
        Assert.Equal(500L, (await office.Town.Get<Limits>().Read(LimitId.Budget(new ProgrammeId(offer))))!.Rest.Value);
        Assert.Equal("entitlement_gone", (await office.Town.Get<MyKey.App.Claims.PlaceClaim>().Run(me, Guid.CreateVersion7(), new(open.Id, null, MyKey.App.Claims.Fallback.None))).Refused?.Code);
        Assert.Equal("recall_nothing", await GrantOffice.Code(await office.Officer.PostAsJsonAsync("/api/v1/office/recalls", new RecallRequest(Guid.CreateVersion7(), "人ちがい", open.Id.Value))));

        // Points of the municipality as any other grant.
        var direct = await Offering.Publish(office, Offer(office) with { Points = 100 });
        Assert.Equal(("posted", 100L, 0L), await Recall((await office.Apply(me, 1, direct)).Value));
        Assert.Equal(2800, await office.Town.Usable(Town.A));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
        Assert.Null((await office.Town.Get<AuditRecalls>().Run()).Broken);

        async Task<(string, long?, long?)> Recall(Application granted)
        {
            var reply = (await (await office.Officer.PostAsJsonAsync("/api/v1/office/recalls", new RecallRequest(Guid.CreateVersion7(), "人ちがい", granted.Id.Value))).Content.ReadFromJsonAsync<RecallReply>())!;
            return (reply.State, reply.Recalled, reply.Owed);
        }
    }
}
