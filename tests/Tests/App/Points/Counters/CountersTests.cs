using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Dapper;
using MyKey.App.Attendance;
using MyKey.App.Counters;
using MyKey.App.GrantBatches;
using MyKey.App.Tables;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Attendance;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Counters;

/// <summary>Goal: stamps and hours add up over a year, by attendance, file and correction, and become points by the table once a year, never money (S2-P19e, K-09).</summary>
public class CountersTests
{
    private static readonly TableRequest Hours = new([new(2, 1000), new(10, 3000)]);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19e_a_year_of_stamps_becomes_points_once(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine, kind: "yearly", usual: null, leader: null);
        using var citizen = await Citizen(desk);
        Assert.Equal("table_missing", await GrantOffice.Code(await Exchange(desk, count: ("MY123456", 1))));
        await Set(desk, Hours);
        Assert.Equal((1L, 0L, 2L, 1000L, false), await Mine(citizen));

        var occasion = await desk.Occasion("見守り");
        await desk.Add(occasion, "MY123456", 3);
        await desk.Add(occasion, "AB123456");
        await desk.Add(occasion, "CD123456", 9);
        await desk.Send(occasion);
        for (var press = 0; press < 2; press++) Assert.Equal("", (await OrganiserDesk.Read<OfficeOccasionReply>(await desk.Approve(occasion, new ApproveAttendanceRequest([3])))).File);
        Assert.Equal((2_800, 10_000), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.Equal((4L, 1000L, 10L, 3000L, false), await Mine(citizen));

        var batch = await OrganiserDesk.Read<BatchReply>(await Exchange(desk));
        Assert.Equal((2, 1, 1000L, $"{Year(desk)}年度"), (batch.Lines, batch.Good, batch.Points, batch.Occasion));
        Assert.Equal(HttpStatusCode.OK, (await desk.Office.Officer.Do("commit", batch)).StatusCode);
        await desk.Office.Done(batch);
        Assert.Equal((3_800, 9_000), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.True((await Mine(citizen)).Granted);

        // Who has had the year gets nothing for what comes later; who had too little still can.
        await Count(desk, "マイキーID,時間\nMY123456,20\nAB123456,1\n");
        var later = await OrganiserDesk.Read<BatchReply>(await Exchange(desk));
        Assert.Equal((1, 1), (later.Lines, later.Good));
        await desk.Office.Officer.Do("commit", later);
        await desk.Office.Done(later);
        Assert.Equal("file_empty", await GrantOffice.Code(await Exchange(desk)));
        Assert.Equal((3_800, 8_000), (await desk.Office.Usable(), await desk.Office.Rest()));
        Assert.Null((await desk.Office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19e_a_file_counts_whole_and_once_and_a_correction_leaves_a_trace(Engine engine)
    {
        await using var desk = await OrganiserDesk.Open(engine, kind: "yearly");
        var wrong = await Count(desk, "マイキーID,数\nMY123456,5\nZZ999999,1\nAB123456,1.5\n");
        Assert.Equal([(3, "mykey_unknown"), (4, "count_format")], wrong.Wrong.Select(w => (w.Line, w.Code)));
        Assert.Equal(0, (await Sum(desk)).Sum);
        const string Right = "マイキーID,数\nMY123456,5\nMY123456,2\nAB123456,1\n";
        var both = await Task.WhenAll(Count(desk, Right), Count(desk, Right));
        Assert.Single(both, r => r.Again);
        Assert.Equal((2, 8L), ((await Sum(desk)).Persons, (await Sum(desk)).Sum));

        var less = new CorrectionRequest(Guid.CreateVersion7(), "MY123456", -3, "数えまちがい");
        for (var press = 0; press < 2; press++) Assert.Equal(4, (await OrganiserDesk.Read<CorrectionReply>(await Correct(desk, less))).Count);
        Assert.Equal("id_reused", await GrantOffice.Code(await Correct(desk, less with { Amount = -1 })));
        Assert.Equal("counter_negative", await GrantOffice.Code(await Correct(desk, less with { Id = Guid.CreateVersion7(), Amount = -5 })));
        Assert.Equal("count_format", await GrantOffice.Code(await Correct(desk, less with { Id = Guid.CreateVersion7(), Amount = 0 })));
        Assert.Equal("field_required", await GrantOffice.Code(await Correct(desk, less with { Id = Guid.CreateVersion7(), Reason = " " })));
        Assert.Equal("mykey_unknown", await GrantOffice.Code(await Correct(desk, less with { Id = Guid.CreateVersion7(), MyKeyId = "ZZ999999" })));
        // Two corrections at once never take off more than is there.
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Correct(desk, less with { Id = Guid.CreateVersion7(), Amount = -2 })));
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(1L, (await Sum(desk)).Sum);
        await using var connection = await desk.Office.App.Database.Open();
        var traces = (await connection.QueryAsync<(string Before, string After, string Reason)>("select before, after, reason from log_operation where action = 'counter.corrected' order by time_ms, id")).ToList();
        Assert.Equal((3, ($"{Year(desk)} 7", $"{Year(desk)} 4", "数えまちがい")), (traces.Count, traces[0]));
    }

    [Fact]
    public async Task S2_P19e_other_programmes_other_years_and_strangers_are_refused()
    {
        await using var desk = await OrganiserDesk.Open();
        Assert.Equal("not_counted", await GrantOffice.Code(await Exchange(desk)));
        await desk.Office.Begin(GrantOffice.Rules("yearly"));
        await Set(desk, Hours);
        Assert.Equal("file_empty", await GrantOffice.Code(await Exchange(desk)));
        Assert.Equal("out_of_period", await GrantOffice.Code(await desk.Office.Officer.GetAsync(Path(desk, Year(desk) - 2))));
        Assert.Equal("out_of_period", await GrantOffice.Code(await desk.Office.Officer.GetAsync(Path(desk, Year(desk) + 1))));
        using var elsewhere = await desk.Office.Desk.Officer("OF-003", Town.B, Role.Officer);
        Assert.Equal("not_found", await GrantOffice.Code(await elsewhere.GetAsync(Path(desk, Year(desk)))));
        using var approver = await desk.Office.Desk.Officer("AP-003", Town.A, Role.Approver);
        Assert.Equal("role_forbidden", await GrantOffice.Code(await approver.GetAsync(Path(desk, Year(desk)))));
        using var nobody = desk.Office.App.Client();
        Assert.Equal("login_required", await GrantOffice.Code(await nobody.GetAsync("/api/v1/my/counters")));
    }

    [Fact]
    public async Task S2_P19e_pages_of_the_office_and_of_the_citizen_show_what_was_gathered()
    {
        await using var desk = await OrganiserDesk.Open(kind: "yearly");
        using var citizen = await Citizen(desk);
        Assert.DoesNotContain("1年でためている数", await citizen.GetStringAsync("/my"), StringComparison.Ordinal);
        await Set(desk, Hours);
        var page = $"/office/programmes/{desk.Office.Programme}/counter";
        var query = $"{page}?year={Year(desk)}";
        var corrected = await desk.Office.App.Submit(desk.Office.Officer, query, $"{query}&handler=Correct", ("Correction", $"{Guid.NewGuid()}"), ("MyKeyId", "MY123456"), ("Amount", "４"), ("Reason", "もれ"));
        Assert.Equal($"{query}&saved=corrected", corrected.Headers.Location?.ToString());
        foreach (var (amount, reason) in ((string, string)[])[("x", "もれ"), ("-9", "もれ"), ("1", "")])
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.Office.App.Submit(desk.Office.Officer, query, $"{query}&handler=Correct", ("Correction", $"{Guid.NewGuid()}"), ("MyKeyId", "MY123456"), ("Amount", amount), ("Reason", reason))).StatusCode);
        var shown = WebUtility.HtmlDecode(await citizen.GetStringAsync("/my"));
        Assert.Contains("1年でためている数", shown, StringComparison.Ordinal);
        Assert.Contains("あと6で", shown, StringComparison.Ordinal);
        var stored = await desk.Office.App.Submit(desk.Office.Officer, query, $"{query}&handler=Exchange");
        Assert.StartsWith("/office/grants/files/", stored.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    private static int Year(OrganiserDesk desk) => Jst.FiscalYear(desk.Today);

    private static string Path(OrganiserDesk desk, int year) => $"/api/v1/office/programmes/{desk.Office.Programme}/counter/{year}";

    private static async Task Set(OrganiserDesk desk, TableRequest table) => (await desk.Office.Officer.PutAsJsonAsync($"/api/v1/office/programmes/{desk.Office.Programme}/table", table)).EnsureSuccessStatusCode();

    private static async Task<HttpResponseMessage> Exchange(OrganiserDesk desk, (string MyKeyId, long Amount)? count = null)
    {
        if (count is { } some) await OrganiserDesk.Read<CorrectionReply>(await Correct(desk, new CorrectionRequest(Guid.CreateVersion7(), some.MyKeyId, some.Amount, "もれ")));
        return await desk.Office.Officer.PostAsync($"{Path(desk, Year(desk))}/exchange", null);
    }

    private static Task<HttpResponseMessage> Correct(OrganiserDesk desk, CorrectionRequest request) => desk.Office.Officer.PostAsJsonAsync($"{Path(desk, Year(desk))}/corrections", request);

    private static async Task<CounterReply> Sum(OrganiserDesk desk) => (await desk.Office.Officer.GetFromJsonAsync<CounterReply>(Path(desk, Year(desk))))!;

    private static async Task<CountsReply> Count(OrganiserDesk desk, string csv)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await OrganiserDesk.Read<CountsReply>(await desk.Office.Officer.PostAsync($"{Path(desk, Year(desk))}/counts", content));
    }

    private static async Task<(long Count, long Gives, long? NextAt, long? NextGives, bool Granted)> Mine(HttpClient citizen)
    {
        var mine = (await citizen.GetFromJsonAsync<List<MyCounterReply>>("/api/v1/my/counters"))!.Single();
        return (mine.Count, mine.Gives!.Value, mine.NextAt, mine.NextGives, mine.Granted);
    }

    private static async Task<HttpClient> Citizen(OrganiserDesk desk)
    {
        const string Password = "midori-no-oka-1873";
        Assert.True((await desk.Office.Town.Get<SetPassword>().Set(desk.Office.Town.Session, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        var client = desk.Office.App.Client();
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsJsonAsync("/api/v1/my/sessions", new { myKeyId = "MY123456", password = Password })).StatusCode);
        return client;
    }
}
