using System.Globalization;
using System.Net;
using System.Text;
using Dapper;
using MyKey.App.GrantBatches;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;
using static MyKey.Tests.App.GrantBatches.GrantFiles;

namespace MyKey.Tests.App.GrantBatches;

/// <summary>Goal: a file of grants is looked at first, credits every good line once whatever happens, and above the threshold not by one officer alone (S2-P6b, S2-P6d).</summary>
public class GrantBatchTests
{
    private const string Mixed = "マイキーID,ポイント,行事\nMY123456,200,清掃\nAB12345,200,清掃\nab123456,２００,清掃\nMY123456,200,清掃\nZZ999999,200,清掃\nAB123456,二百,運動\nAB123456,5,\n";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6b_the_same_file_again_credits_once_and_bad_lines_stop_no_good_one(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        await office.Town.Issue("AB123456", 2);

        var stored = await office.Store(Mixed);
        Assert.Equal((7, 2, 400L, "stored"), (stored.Lines, stored.Good, stored.Points, stored.State));
        Assert.Equal([(3, "id_format", 0), (5, "already_granted", 2), (6, "mykey_unknown", 0), (7, "amount_format", 0), (8, "field_required", 0)],
            (await office.Refused(stored)).Select(r => (r.Line, r.Code, r.SameLine)));
        Assert.Equal((2800, 10_000), (await office.Usable(), await office.Rest()));

        Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("commit", stored)).StatusCode);
        await office.Done(stored);
        for (var time = 0; time < 2; time++)
        {
            var again = await office.Send(Encoding.UTF8.GetBytes(Mixed));
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("commit", stored)).StatusCode);
            Assert.Equal(2, (await office.Done(stored)).Posted);
        }
        Assert.Equal("file_used", await GrantOffice.Code(await office.Send(Encoding.UTF8.GetBytes(Mixed), "&occasion=x")));
        Assert.Equal((3000, 9600), (await office.Usable(), await office.Rest()));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P19c_what_can_not_be_granted_any_more_goes_back_to_the_budget(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var stopped = (await office.Town.Issue("AB123456", 2)).Id;
        var stored = await office.Store("myKeyId,points,occasion\nMY123456,300,清掃\nAB123456,400,清掃\n");
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(100, "清掃"))).StatusCode);
        await office.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_citizen set state = 2 where id = @stopped", new { stopped }, tx.Handle));
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("commit", stored)).StatusCode);

        var done = await office.Done(stored);

        Assert.Equal((0, 2), (done.Posted, done.Refused));
        Assert.Equal(["already_granted", "id_suspended"], (await office.Refused(stored)).Select(r => r.Code));
        Assert.Equal((2900, 9900), (await office.Usable(), await office.Rest()));
        // A file with what has been granted already says so before anything happens.
        Assert.Equal("already_granted", (await office.Refused(await office.Store("マイキーID,ポイント,行事\nMY123456,301,清掃\n"))).Single().Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D3_a_file_above_the_threshold_is_approved_as_it_was_read_and_by_another(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine, budget: 50_000);
        using var approver = await office.Approver();
        const string File = "マイキーID,ポイント,行事\nMY123456,10001,清掃\n";
        var first = await office.Store(File);
        var stored = await office.Store(File);
        Assert.Equal("form_expired", await GrantOffice.Code(await office.Officer.Do("commit", first)));
        await office.Officer.Do("commit", stored);
        Assert.Equal("waiting", (await office.Store(File)).State);
        Assert.Equal(2800, await office.Usable());

        Assert.Equal("role_forbidden", await GrantOffice.Code(await office.Officer.Do("approve", stored)));
        Assert.Equal("form_expired", await GrantOffice.Code(await approver.Do("approve", first)));
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.Do("withdraw", stored)).StatusCode);
        Assert.Equal("not_found", await GrantOffice.Code(await approver.Do("approve", stored)));
        await approver.Do("commit", stored);
        Assert.Equal("four_eyes", await GrantOffice.Code(await approver.Do("approve", stored)));
        await approver.Do("withdraw", stored);
        await office.Officer.Do("commit", stored);
        for (var click = 0; click < 2; click++) Assert.Equal(HttpStatusCode.OK, (await approver.Do("approve", stored)).StatusCode);

        await office.Done(stored);
        Assert.Equal((12_801, 39_999), (await office.Usable(), await office.Rest()));
        // What was approved counts to the day of who asked.
        Assert.Contains("waiting", await (await office.Post(office.Request(1))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P6d_a_file_of_the_wrong_form_or_beyond_the_budget_is_refused_whole()
    {
        await using var office = await GrantOffice.Open(budget: 100);
        Assert.Equal("field_unknown", await GrantOffice.Code(await office.Send("マイキーID,ポイント,行事,氏名\n"u8.ToArray())));
        Assert.Equal("field_required", await GrantOffice.Code(await office.Send("マイキーID,行事\n"u8.ToArray())));
        Assert.Equal("field_required", await GrantOffice.Code(await office.Send("マイキーID,ポイント\nMY123456,1\n"u8.ToArray())));
        Assert.Equal("file_empty", await GrantOffice.Code(await office.Send("マイキーID,ポイント,行事\n"u8.ToArray())));
        Assert.Equal("body_unreadable", await GrantOffice.Code(await office.Send([0x50, 0x4B, 0x03, 0x04, 0x00])));
        var lines = Encoding.UTF8.GetBytes("マイキーID,ポイント\n" + string.Concat(Enumerable.Repeat("MY123456,1\n", StoreBatch.MostLines + 1)));
        Assert.Equal("too_large", await GrantOffice.Code(await office.Send(lines, "&occasion=x")));
        var stored = await office.Store("マイキーID,ポイント\nMY123456,101\n", "&occasion=清掃");
        Assert.Equal("budget_exhausted", await GrantOffice.Code(await office.Officer.Do("commit", stored)));
        var bad = await office.Store("マイキーID,ポイント,行事\nMY123456,0,清掃\n");
        Assert.Equal("file_empty", await GrantOffice.Code(await office.Officer.Do("commit", bad)));
        using var reader = await office.Desk.Officer("OF-003", Town.A, Role.TerminalAdmin);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync($"{Batches}/{stored.Hash}/rows")).StatusCode);
        Assert.Equal((2800, 100), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S2_P6d_files_come_in_the_encodings_of_offices_and_names_are_not_kept()
    {
        await using var office = await GrantOffice.Open();
        const string Text = "\"マイキーＩＤ\",\"ポイント\",\"行事\"\r\n\"ＭＹ１２３４５６\",\"２００\",\"清掃 {0}\"\r\n\"山田花子\",\"山田\",\"\"\r\n";
        var shiftJis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
        var files = new[] { shiftJis.GetBytes(Text), [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)], Encoding.UTF8.GetBytes(Text) };
        foreach (var file in files)
        {
            var answer = await office.Send(file);
            var stored = (await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<BatchReply>(answer.EnsureSuccessStatusCode().Content))!;
            Assert.Equal((2, 1, 200L), (stored.Lines, stored.Good, stored.Points));
            var csv = await office.Officer.GetStringAsync($"{Batches}/{stored.Hash}/rows.csv");
            Assert.Contains("2,M＊＊＊＊＊56,200,清掃 {0},付与できます", csv, StringComparison.Ordinal);
            Assert.DoesNotContain("山田", csv, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6b_workers_at_the_same_lines_credit_each_once(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var lines = string.Concat(Enumerable.Range(1, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"MY123456,2,回{i}\n")));
        var stored = await office.Store($"マイキーID,ポイント,行事\n{lines}");
        await office.Officer.Do("commit", stored);
        var batch = (await office.Town.Get<FindBatches>().One(Town.A, stored.Hash))!;

        // The job, another worker and a late one all at the same lines.
        var post = office.Town.Get<PostBatches>();
        await Task.WhenAll(post.Some(batch, 150), post.Some(batch, 150), post.Some(batch, 300));
        var done = await office.Done(stored);

        Assert.Equal((300, 0), (done.Posted, done.Refused));
        Assert.Equal((3400, 9400), (await office.Usable(), await office.Rest()));
        Assert.Null((await office.Town.Get<Audit>().Run()).Broken);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6b_two_officers_who_send_and_commit_at_once_make_one_batch(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        using var other = await office.Desk.Officer("OF-004", Town.A, Role.Officer);
        const string File = "マイキーID,ポイント,行事\nMY123456,5000,清掃\n";
        var read = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Send(Encoding.UTF8.GetBytes(File))));
        Assert.All(read, r => Assert.True(r.IsSuccessStatusCode));
        var stored = await office.Store(File);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? office.Officer : other).Do("commit", stored)));

        Assert.Equal((1, 0), await office.Done(stored) is var done ? (done.Posted, done.Refused) : default);
        Assert.Equal((7800, 5000), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S2_P6b_a_file_that_is_read_anew_while_its_points_are_asked_for_keeps_its_lines()
    {
        await using var office = await GrantOffice.Open(Engine.Postgres);
        const string File = "マイキーID,ポイント,行事\nMY123456,500,清掃\n";
        var stored = await office.Store(File);
        Task<HttpResponseMessage> again;
        await using (var connection = await office.App.Database.Open())
        {
            // As the commit of another process, half way.
            await using var half = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("update pts_grant_batch set state = 'waiting', asked_by = maker, asked_on = 20990101 where sha256 = @Hash", new { stored.Hash }, half);
            again = office.Send(Encoding.UTF8.GetBytes(File));
            for (var deadline = DateTime.UtcNow.AddSeconds(60); await Waiting() == 0 && DateTime.UtcNow < deadline;) await Task.Yield();
            await half.CommitAsync();

            // Somebody waits for this very transaction.
            Task<long> Waiting() => connection.ExecuteScalarAsync<long>("select count(*) from pg_locks where not granted and locktype = 'transactionid' and transactionid = pg_current_xact_id()::xid", transaction: half);
        }
        Assert.True((await again).IsSuccessStatusCode);
        Assert.Single(await office.Town.Get<FindBatches>().Rows((await office.Town.Get<FindBatches>().One(Town.A, stored.Hash))!, RowsShown.All, 0, 10));
    }
}
