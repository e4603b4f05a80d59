using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.GrantBatches;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.GrantBatches;

/// <summary>Goal: a file of grants is looked at first, credits every good row once whatever happens, and above the threshold not by one officer alone (S2-P6b, S2-P6d).</summary>
public class GrantBatchTests
{
    private const string Batches = "/api/v1/office/grant-batches";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6b_the_same_file_again_is_the_same_batch_and_credits_once(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Town.Issue("AB123456", 2);
        var file = "マイキーID,ポイント,行事\nMY123456,200,清掃\nAB12345,200,清掃\nab123456,２００,清掃\nMY123456,200,清掃\nZZ999999,200,清掃\nAB123456,二百,運動\n";

        var stored = await Store(office, file);
        Assert.Equal((6, 2, 400L, "stored"), (stored.Lines, stored.Good, stored.Points, stored.State));
        Assert.Equal([(3, "id_format", 0), (5, "already_granted", 2), (6, "mykey_unknown", 0), (7, "amount_format", 0)], stored.Faults.Select(f => (f.Line, f.Code, f.SameLine)));
        Assert.Equal((2800, 10_000), (await office.Usable(), await office.Rest()));

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(stored.Hash, (await Store(office, file)).Hash);
            Assert.Equal(HttpStatusCode.OK, (await office.Officer.PostAsync($"{Batches}/{stored.Hash}/commit", null)).StatusCode);
            await Done(office, stored.Hash);
        }
        Assert.Equal((3000, 9600), (await office.Usable(), await office.Rest()));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19c_what_is_refused_while_posting_goes_back_to_the_budget(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var stored = await Store(office, "myKeyId,points,occasion\nMY123456,300,清掃\n");
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(100, "清掃"))).StatusCode);
        await office.Officer.PostAsync($"{Batches}/{stored.Hash}/commit", null);

        var done = await Done(office, stored.Hash);

        Assert.Equal((0, 1, "already_granted"), (done.Posted, done.Refused, done.Faults.Single().Code));
        Assert.Equal((2900, 9900), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task V_D3_a_file_above_the_threshold_is_approved_by_its_hash_and_by_another()
    {
        await using var office = await GrantOffice.Open(budget: 50_000);
        using var approver = await office.Approver();
        var stored = await Store(office, "マイキーID,ポイント,行事\nMY123456,10001,清掃\n");
        var asked = (await (await office.Officer.PostAsync($"{Batches}/{stored.Hash}/commit", null)).Content.ReadFromJsonAsync<BatchReply>())!;
        Assert.Equal("waiting", asked.State);
        Assert.Equal("role_forbidden", await GrantOffice.Code(await office.Officer.PostAsync($"{Batches}/{stored.Hash}/approve", null)));
        Assert.Equal("not_found", await GrantOffice.Code(await approver.PostAsync($"{Batches}/{new string('0', 64)}/approve", null)));
        Assert.Equal(HttpStatusCode.OK, (await approver.PostAsync($"{Batches}/{stored.Hash}/approve", null)).StatusCode);
        await Done(office, stored.Hash);
        Assert.Equal(12_801, await office.Usable());
    }

    [Fact]
    public async Task S2_P6d_a_file_of_the_wrong_form_is_refused_whole()
    {
        await using var office = await GrantOffice.Open(budget: 100);
        Assert.Equal("field_unknown", await GrantOffice.Code(await Send(office, "マイキーID,ポイント,氏名\n"u8.ToArray())));
        Assert.Equal("field_required", await GrantOffice.Code(await Send(office, "マイキーID\n"u8.ToArray())));
        var stored = await Store(office, "マイキーID,ポイント,行事\nMY123456,101,清掃\n");
        Assert.Equal("budget_exhausted", await GrantOffice.Code(await office.Officer.PostAsync($"{Batches}/{stored.Hash}/commit", null)));
        Assert.Equal((2800, 100), (await office.Usable(), await office.Rest()));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6b_a_second_process_goes_on_with_what_the_first_left(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var lines = string.Concat(Enumerable.Range(1, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"MY123456,2,回{i}\n")));
        var stored = await Store(office, $"マイキーID,ポイント,行事\n{lines}");
        await office.Officer.PostAsync($"{Batches}/{stored.Hash}/commit", null);
        var batch = (await office.Town.Get<FindBatches>().One(Town.A, stored.Hash))!;

        // The job, another worker and a late one all at the same rows.
        var post = office.Town.Get<PostBatches>();
        await Task.WhenAll(post.Some(batch, 150), post.Some(batch, 150), post.Some(batch, 300));
        var done = await Done(office, stored.Hash);

        Assert.Equal((300, 0), (done.Posted, done.Refused));
        Assert.Equal((3400, 9400), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S2_P6d_the_page_shows_what_is_wrong_and_saves_it()
    {
        await using var office = await GrantOffice.Open();
        var stored = await Store(office, "マイキーID,ポイント,行事\nMY123456,5,清掃\nMY12345,5,清掃\n");
        var path = $"/office/grants/files/{stored.Hash}";
        var page = WebUtility.HtmlDecode(await office.Officer.GetStringAsync(path));
        Assert.Contains("正しい1件を付与する", page, StringComparison.Ordinal);
        Assert.Contains("3行目", page, StringComparison.Ordinal);
        Assert.Contains("MY12345", await office.Officer.GetStringAsync($"{path}?handler=Faults"), StringComparison.Ordinal);
        Assert.Equal(path, (await office.Desk.Send(office.Officer, path, $"{path}?handler=Commit")).Headers.Location?.ToString());
        await Done(office, stored.Hash);
        Assert.Contains("付与が終わりました", WebUtility.HtmlDecode(await office.Officer.GetStringAsync(path)), StringComparison.Ordinal);
        Assert.Contains("1件", WebUtility.HtmlDecode(await office.Officer.GetStringAsync("/office/grants/files")), StringComparison.Ordinal);
    }

    private static async Task<BatchReply> Store(GrantOffice office, string file) =>
        (await (await Send(office, Encoding.UTF8.GetBytes(file))).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<BatchReply>())!;

    private static async Task<HttpResponseMessage> Send(GrantOffice office, byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return await office.Officer.PostAsync($"{Batches}?programme={office.Programme}", content);
    }

    /// <summary>Until the job, helped along, has done the batch.</summary>
    private static async Task<BatchReply> Done(GrantOffice office, string hash)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (DateTime.UtcNow < deadline)
        {
            if (await office.Town.Get<FindBatches>().NextRunning() is { } batch) await office.Town.Get<PostBatches>().Some(batch, 1_000);
            var reply = (await office.Officer.GetFromJsonAsync<BatchReply>($"{Batches}/{hash}"))!;
            if (reply.State == "done") return reply;
        }
        throw new TimeoutException("the batch was not done");
    }
}
