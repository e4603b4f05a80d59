using System.Net;
using System.Net.Http.Json;
using MyKey.App.Grants;
using MyKey.App.Unpaid;
using MyKey.Kernel.Db;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Unpaid;

/// <summary>Goal: a benefit is paid once to each on its list; who could not be paid stays on a list with the reason, and is paid later (S2-P2c, S2-P19c, S2-P19d, S4-02b).</summary>
public class UnpaidTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P2c_who_is_not_paid_yet_stands_on_a_list_and_is_paid_later_once(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Begin(GrantOffice.Rules("benefit"));
        await office.Town.Issue("AB123456", 2);
        var stored = await office.Store("整理番号,マイキーID,ポイント\nR-1,MY123456,1000\nR-2,,1000\nR-3,ZZ999999,1000\nR-4,my123456,1000\n氏名,AB123456,1\n");
        Assert.Equal([(3, "recipient_without_id"), (4, "mykey_unknown"), (5, "already_granted"), (6, "reference_format")], (await office.Refused(stored)).Select(r => (r.Line, r.Code)));
        Assert.Empty(await List(office));
        await office.Officer.Do("commit", stored);
        await office.Done(stored);
        Assert.Equal([(3, "R-2", "recipient_without_id"), (4, "R-3", "mykey_unknown"), (6, "", "reference_format")], (await List(office)).Select(u => (u.Line, u.Reference, u.Code)));

        var batch = (await List(office))[0].Batch;
        Assert.Equal("already_granted", await GrantOffice.Code(await Pay(office, new PayRequest(batch, 3, "MY123456"))));
        Assert.Equal("mykey_unknown", await GrantOffice.Code(await Pay(office, new PayRequest(batch, 3, "ZZ999998"))));
        Assert.Equal(HttpStatusCode.OK, (await Pay(office, new PayRequest(batch, 3, "AB123456"))).StatusCode);
        Assert.Equal("not_found", await GrantOffice.Code(await Pay(office, new PayRequest(batch, 3, "AB123456"))));
        Assert.Equal("not_found", await GrantOffice.Code(await Pay(office, new PayRequest(batch, 2, "AB123456"))));
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.PostAsJsonAsync($"{Path(office)}/drop", new DropRequest(batch, 6, "行のまちがい"))).StatusCode);
        // The list sent again with what was missing: R-3 is gone from the list of the first file.
        await office.Town.Issue("CD123456", 3);
        var second = await office.Store("整理番号,マイキーID,ポイント\nR-3,CD123456,1000\nR-1,MY123456,1000\n");
        Assert.Equal([(3, "already_granted")], (await office.Refused(second)).Select(r => (r.Line, r.Code)));
        await office.Officer.Do("commit", second);
        await office.Done(second);
        Assert.Empty(await List(office));
        Assert.Equal((3_800, 7_000), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S2_P2c_what_another_officer_turned_down_is_asked_for_again_and_paid_once()
    {
        await using var office = await GrantOffice.Open(budget: 50_000);
        await office.Begin(GrantOffice.Rules("benefit"), 50_000);
        await office.Town.Issue("AB123456", 2);
        using var approver = await office.Approver();
        var stored = await office.Store("整理番号,マイキーID,ポイント\nR-1,MY123456,1\nR-2,,10001\n");
        await office.Officer.Do("commit", stored);
        await office.Done(stored);
        var line = Assert.Single(await List(office));

        var first = (await (await Pay(office, new PayRequest(line.Batch, line.Line, "AB123456"))).Content.ReadFromJsonAsync<GrantReply>())!;
        Assert.Equal("waiting", first.State);
        Assert.Equal(first.Id, (await (await Pay(office, new PayRequest(line.Batch, line.Line, "AB123456"))).Content.ReadFromJsonAsync<GrantReply>())!.Id);
        Assert.True(Assert.Single(await List(office)).Waits);
        Assert.Equal(HttpStatusCode.OK, (await approver.PostAsync($"/api/v1/office/grants/{first.Id}/withdraw", null)).StatusCode);
        Assert.False(Assert.Single(await List(office)).Waits);
        var second = (await (await Pay(office, new PayRequest(line.Batch, line.Line, "AB123456"))).Content.ReadFromJsonAsync<GrantReply>())!;
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(HttpStatusCode.OK, (await approver.PostAsync($"/api/v1/office/grants/{second.Id}/approve", null)).StatusCode);
        Assert.Empty(await List(office));
        Assert.Equal("not_found", await GrantOffice.Code(await Pay(office, new PayRequest(line.Batch, line.Line, "AB123456"))));
        Assert.Equal(50_000 - 10_002, await office.Rest());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P2c_more_than_a_leaf_of_lines_is_read_to_its_end(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Begin(GrantOffice.Rules("benefit"));
        var lines = Enumerable.Range(1, UnpaidLines.Most + 2).Select(i => $"R-{i},{(i == 1 ? "MY123456" : "")},1");
        var stored = await office.Store($"整理番号,マイキーID,ポイント\n{string.Join('\n', lines)}\n");
        await office.Officer.Do("commit", stored);
        await office.Done(stored);

        var first = await List(office);
        Assert.Equal(UnpaidLines.Most, first.Count);
        var rest = (await office.Officer.GetFromJsonAsync<List<UnpaidReply>>($"{Path(office)}?afterBatch={first[^1].Batch}&afterLine={first[^1].Line}"))!;
        Assert.Equal(["R-502"], rest.Select(r => r.Reference));
        Assert.Contains("つぎの500件", await office.Officer.GetStringAsync($"/office/programmes/{office.Programme}/unpaid"), StringComparison.Ordinal);
        Assert.Contains("R-502", await office.Officer.GetStringAsync($"/office/programmes/{office.Programme}/unpaid?batch={first[^1].Batch}&line={first[^1].Line}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P19c_S4_02b_a_file_without_points_gives_what_is_usual_and_to_who_leads_more()
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules(usual: 100, leader: 300));
        await office.Town.Issue("AB123456", 2);
        var stored = await office.Store("マイキーID,役割,行事\nMY123456,リーダー,清掃\nAB123456,,清掃\nAB123456,会長,運動\n");
        Assert.Equal((2, 400L), (stored.Good, stored.Points));
        Assert.Equal([(4, "role_unknown")], (await office.Refused(stored)).Select(r => (r.Line, r.Code)));
        await office.Begin(GrantOffice.Rules());
        Assert.Equal("field_required", await GrantOffice.Code(await office.Send("マイキーID,行事\nMY123456,清掃\n"u8.ToArray())));
    }

    [Fact]
    public async Task S2_P19d_S0_4039_a_life_event_is_granted_once_to_a_person_with_any_amount()
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules("life_event"));
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(1_234))).StatusCode);
        Assert.Equal("already_granted", await GrantOffice.Code(await office.Post(office.Request(5_000))));
        Assert.Equal(4_034, await office.Usable());
    }

    private static string Path(GrantOffice office) => $"/api/v1/office/programmes/{office.Programme}/unpaid";

    private static async Task<List<UnpaidReply>> List(GrantOffice office) => (await office.Officer.GetFromJsonAsync<List<UnpaidReply>>(Path(office)))!;

    private static Task<HttpResponseMessage> Pay(GrantOffice office, PayRequest request) => office.Officer.PostAsJsonAsync($"{Path(office)}/pay", request);
}
