using System.Net.Http.Json;
using MyKey.App.National;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.National;

/// <summary>Goal: a file is looked at, then posted line by line, each line once whatever breaks off, and the same file twice is the same file.</summary>
public class PremiumFileTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_02_a_file_is_looked_at_then_posted_with_a_result_for_each_line(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        var file = RoundTown.Csv(["e-1,pay-0001,purchase,4000,2017-12-15,", "e-2,pay-0099,purchase,4000,2017-12-15,", "e-1,pay-0001,purchase,4000,2017-12-15,", "e-3,pay-0001,charge,400000,2017-12-14,", "r-1,,return,,2017-12-15,e-1", "r-9,,return,,2017-12-15,e-9"]);
        var looked = await Read<PremiumFileReply>(await town.SendFile(file));
        Assert.Equal(("looked", 6, 4, 2), (looked.State, looked.Lines, looked.Good, looked.Refused));
        Assert.Equal(0, await town.Given(choice));   // nothing has happened yet
        var machine = await town.Machine();
        var refused = (await machine.GetFromJsonAsync<List<RefusedLineReply>>($"/api/v1/payment-service/premium-files/{Hash(file)}/refused"))!;
        Assert.Equal([(3, "round_not_chosen"), (4, "premium_known")], refused.Select(r => (r.Line, r.Code)));
        Assert.Equal("posting", (await Read<PremiumFileReply>(await machine.PostAsync($"/api/v1/payment-service/premium-files/{Hash(file)}/post", null))).State);
        await town.RunJob();
        await town.RunJob();
        Assert.Equal("done", (await town.FileNow(file)).State);
        var lines = (await machine.GetFromJsonAsync<List<PremiumLineReply>>($"/api/v1/payment-service/premium-files/{Hash(file)}/lines"))!;
        Assert.Equal([(2, "back", 1_000L, null), (5, "done", 4_000L, "cap_reached"), (6, "done", -1_000L, null), (7, "done", 0L, "premium_unknown")], lines.Select(l => (l.Line, l.State, l.Premium, l.Reason)));
        Assert.Equal(4_000, await town.Given(choice));

        Assert.Equal("done", (await Read<PremiumFileReply>(await town.SendFile(file))).State);   // the same file again
        Assert.Equal("done", (await Read<PremiumFileReply>(await machine.PostAsync($"/api/v1/payment-service/premium-files/{Hash(file)}/post", null))).State);
        Assert.Equal(4_000, await town.Given(choice));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_02_a_process_that_dies_anywhere_in_a_file_leaves_each_line_posted_once(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var people = new List<Choice>();
        for (var n = 1; n <= 3; n++) people.Add((await town.Chosen(n)).Choice);
        var file = RoundTown.Csv(Enumerable.Range(0, 2_500).Select(n => $"e-{n},pay-{n % 3 + 1:0000},purchase,{(n % 7 + 1) * 4},2017-12-15,"));
        Assert.Equal("looked", (await Read<PremiumFileReply>(await town.SendFile(file))).State);
        var machine = await town.Machine();
        await machine.PostAsync($"/api/v1/payment-service/premium-files/{Hash(file)}/post", null);
        var files = town.Get<PostPremiumFiles>();
        var find = town.Get<FindPremiumFiles>();

        // As if it had died after the ledger, before its answers were kept; and as if two processes worked at once.
        var half = await town.Get<PremiumRows>().OfFile((await find.Posting())!, 0, 700, RoundTown.Stop);
        foreach (var e in half.Take(350))
            Assert.True((await town.Get<MyKey.Ledger.Ledger>().Post(Transfer.PayPremium(e.Transfer, new(e.Choice!.Value), e.Round!.Value, e.Service, (new(e.Earned), new(5_000)), MyKey.Kernel.Actor.Of((await find.Posting())!.Machine)))).Ok);
        var at = (await find.Posting())!;
        await Task.WhenAll(files.Some(at), files.Some(at));
        while (await find.Posting() is { } open) await files.Some(open);

        var wanted = Enumerable.Range(0, 2_500).GroupBy(n => n % 3).ToDictionary(g => g.Key, g => Math.Min(5_000L, g.Sum(n => (long)(n % 7 + 1))));
        for (var n = 0; n < 3; n++) Assert.Equal(wanted[n], await town.Given(people[n]));
        Assert.Equal(("done", 2_500, 2_501), ((await town.FileNow(file)).State, (await town.FileNow(file)).Good, (await town.FileNow(file)).PostedLine));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_02_the_line_behind_a_thousand_that_are_none_is_posted(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        var file = RoundTown.Csv([.. Enumerable.Range(0, 2_000).Select(n => $"e-{n},pay-0042,purchase,4000,2017-12-15,"), "e-last,pay-0001,purchase,4000,2017-12-15,"]);
        Assert.Equal("looked", (await Read<PremiumFileReply>(await town.SendFile(file))).State);
        await (await town.Machine()).PostAsync($"/api/v1/payment-service/premium-files/{Hash(file)}/post", null);
        while (await town.Get<FindPremiumFiles>().Posting() is { } open) await town.Get<PostPremiumFiles>().Some(open);

        Assert.Equal(1_000, await town.Given(choice));
        Assert.Equal(2_002, (await town.FileNow(file)).PostedLine);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_20_a_file_with_another_column_or_another_content_is_refused_and_can_be_sent_again(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (_, _, choice) = await town.Chosen();
        var named = RoundTown.Csv(["e-1,pay-0001,purchase,4000,2017-12-15,お米"], "eventId,number,kind,amount,at,品目");
        Assert.Equal("field_unknown", await Code(await town.SendFile(named)));
        Assert.Equal("field_required", await Code(await town.SendFile(RoundTown.Csv(["e-1"], "eventId"))));
        Assert.Equal("file_empty", await Code(await town.SendFile(RoundTown.Csv(["e-1,pay-0042,purchase,4000,2017-12-15,"]))));
        Assert.Equal("number_format", await Code(await town.SendFile(named, new string('g', 64))));
        var good = RoundTown.Csv(["e-1,pay-0001,purchase,4000,2017-12-15,"]);
        Assert.Equal("file_changed", await Code(await town.SendFile(good, Hash(named))));
        var machine = await town.Machine();
        Assert.Equal("file_not_looked", await Code(await machine.PostAsync($"/api/v1/payment-service/premium-files/{Hash(named)}/post", null)));
        Assert.Equal("not_found", await Code(await machine.PostAsync($"/api/v1/payment-service/premium-files/{new string('0', 64)}/post", null)));
        Assert.Equal("looked", (await Read<PremiumFileReply>(await town.SendFile(good))).State);   // what a refused file left does not stand in the way
        await machine.PostAsync($"/api/v1/payment-service/premium-files/{Hash(good)}/post", null);
        await town.RunJob();
        Assert.Equal(1_000, await town.Given(choice));
        Assert.Equal("not_found", await Code(await (await town.Machine(town.Pay.Sora)).GetAsync($"/api/v1/payment-service/premium-files/{Hash(good)}")));   // another service's
        await town.MustAddUp();
    }

    [Fact]
    public async Task S3_02_a_return_of_what_is_not_posted_does_not_hold_up_its_file()
    {
        await using var town = await RoundTown.Open();
        var (_, _, choice) = await town.Chosen();
        Assert.Equal("looked", (await Read<PremiumFileReply>(await town.SendFile(RoundTown.Csv(["e-1,pay-0001,purchase,4000,2017-12-15,"])))).State);
        var second = RoundTown.Csv(["r-1,,return,,2017-12-15,e-1", "e-2,pay-0001,purchase,400,2017-12-15,"]);
        await town.SendFile(second);
        var machine = await town.Machine();
        await machine.PostAsync($"/api/v1/payment-service/premium-files/{Hash(second)}/post", null);
        await town.RunJob();
        await town.RunJob();
        Assert.Equal("done", (await town.FileNow(second)).State);
        Assert.Equal(["premium_open", null], (await machine.GetFromJsonAsync<List<PremiumLineReply>>($"/api/v1/payment-service/premium-files/{Hash(second)}/lines"))!.Select(l => l.Reason));
        Assert.Equal(100, await town.Given(choice));
    }
}
