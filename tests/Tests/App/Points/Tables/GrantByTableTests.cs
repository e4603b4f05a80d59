using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MyKey.App.GrantBatches;
using MyKey.App.Tables;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Tables;

/// <summary>Goal: results that are counted become grants by the programme's table, once per person and occasion, looked at first as every file (S2-P19e, S4-02c).</summary>
public class GrantByTableTests
{
    private static readonly TableRequest Hours = new([new(10, 1000), new(20, 2000)]);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_02c_steps_become_points_by_the_table_once_per_occasion(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Town.Issue("AB123456", 2);
        await Set(office, Hours);

        var stored = await Store(office, "myKeyId,歩数\nMY123456,12\n\nAB123456,9\nZZ999999,30\nAB123456,1.5\n", "12月");
        Assert.Equal((4, 1, 1000L), (stored.Lines, stored.Good, stored.Points));
        Assert.Equal([(4, "0", "amount_format"), (5, "2000", "mykey_unknown"), (6, "-", "amount_format")], (await office.Refused(stored)).Select(r => (r.Line, r.Points, r.Code)));
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("commit", stored)).StatusCode);
        Assert.Equal(1, (await office.Done(stored)).Posted);

        Assert.Equal("already_granted", (await office.Refused(await Store(office, "マイキーID,数\nMY123456,20\n", "12月"))).Single().Code);
        // What people reach again in another month is no file that was used.
        Assert.Equal(1, (await Store(office, "マイキーID,数\nMY123456,12\n\nAB123456,9\nZZ999999,30\nAB123456,1.5\n", "1月")).Good);
        Assert.Equal((3800, 9000), (await office.Usable(), await office.Rest()));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19e_a_table_takes_the_place_of_the_one_before(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        Assert.Empty((await office.Officer.GetFromJsonAsync<TableReply>(Path(office, "table")))!.Steps);

        await Set(office, Hours);
        await Set(office, new([new(5, 300)]));

        Assert.Equal([new StepLine(5, 300)], (await office.Officer.GetFromJsonAsync<TableReply>(Path(office, "table")))!.Steps);
    }

    [Fact]
    public async Task S4_02c_bad_files_and_strangers_are_refused()
    {
        await using var office = await GrantOffice.Open();
        Assert.Equal("table_missing", await GrantOffice.Code(await Send(office, "マイキーID,数\nMY123456,12\n", "12月")));
        await Set(office, Hours);

        Assert.Equal("field_required", await GrantOffice.Code(await Send(office, "マイキーID,数\nMY123456,12\n", "")));
        Assert.Equal("field_required", await GrantOffice.Code(await Send(office, "マイキーID\nMY123456\n", "12月")));
        Assert.Equal("field_unknown", await GrantOffice.Code(await Send(office, "マイキーID,数,氏名\nMY123456,12,x\n", "12月")));
        Assert.Equal("file_empty", await GrantOffice.Code(await Send(office, "マイキーID,数\n", "12月")));
        Assert.Equal("table_format", await GrantOffice.Code(await office.Officer.PutAsJsonAsync(Path(office, "table"), new TableRequest([new(10, 5), new(10, 6)]))));
        using var other = await office.Desk.Officer("OF-003", Town.B, Role.Officer);
        Assert.Equal("not_found", await GrantOffice.Code(await other.PutAsJsonAsync(Path(office, "table"), Hours)));
        using var approver = await office.Desk.Officer("OF-004", Town.A, Role.Approver);
        Assert.Equal("role_forbidden", await GrantOffice.Code(await approver.PutAsJsonAsync(Path(office, "table"), Hours)));
    }

    private static string Path(GrantOffice office, string what) => $"/api/v1/office/programmes/{office.Programme}/{what}";

    private static async Task Set(GrantOffice office, TableRequest table) => (await office.Officer.PutAsJsonAsync(Path(office, "table"), table)).EnsureSuccessStatusCode();

    private static async Task<HttpResponseMessage> Send(GrantOffice office, string file, string occasion)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(file)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await office.Officer.PostAsync($"{Path(office, "counts")}?occasion={Uri.EscapeDataString(occasion)}", content);
    }

    private static async Task<BatchReply> Store(GrantOffice office, string file, string occasion) =>
        (await (await Send(office, file, occasion)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<BatchReply>())!;
}
