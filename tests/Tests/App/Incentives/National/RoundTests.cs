using System.Net.Http.Json;
using System.Text.Json;
using MyKey.App.National;
using MyKey.App.Proposals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.National;

/// <summary>Goal: a round is data, set by two people; one person chooses one service, once and for good, in the right days and with the right card.</summary>
public class RoundTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_07_V_D3_a_round_is_proposed_by_one_and_approved_by_another_and_its_days_can_be_extended(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var (other, today) = (await town.Coupons.Other(), town.Today);
        var longer = town.Wanted() with { ApplyUntil = today.AddDays(150) };
        var asked = await Read<RoundSavedReply>(await town.Save(longer));
        Assert.NotNull(asked.Proposal);
        Assert.Equal(today.AddDays(100), (await town.Get<FindRounds>().Find(town.Round))!.Apply.Until);
        var address = $"/api/v1/operator/proposals/{asked.Proposal}";
        var seen = (await town.Coupons.Operator.GetFromJsonAsync<ProposalReply>(address))!;
        Assert.Contains(seen.Lines, l => l.After.Contains("25％", StringComparison.Ordinal));
        Assert.Equal("four_eyes", await Code(await town.Coupons.Operator.PostAsJsonAsync($"{address}/approve", new ApprovalRequest(seen.Hash))));
        await Read<JsonElement>(await other.PostAsJsonAsync($"{address}/approve", new ApprovalRequest(seen.Hash)));
        Assert.Equal(today.AddDays(150), (await town.Get<FindRounds>().Find(town.Round))!.Apply.Until);

        Assert.Equal("period_format", await Code(await town.Save(longer with { BuyUntil = longer.BuyFrom.AddDays(-1) })));
        Assert.Equal("number_format", await Code(await town.Save(longer with { Rate = 0 })));
        Assert.Equal("number_format", await Code(await town.Save(longer with { Cap = 0 })));
        Assert.Equal("field_required", await Code(await town.Save(longer with { Kinds = "gifts" })));
        Assert.Equal("field_required", await Code(await town.Save(longer with { Services = [] })));
        Assert.Equal("not_found", await Code(await town.Save(longer with { Services = [new(Guid.NewGuid(), today)] })));
        Assert.Equal("round_overlaps", await Code(await town.Save(longer, Guid.CreateVersion7())));
        await town.Chosen();
        Assert.Equal("round_fixed", await Code(await town.Save(longer with { Cap = 20_000 })));
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_05_K_26_a_second_choice_is_refused_for_good_also_with_a_new_ID_and_at_once(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var me = await town.Pay.Citizen();
        var (first, second) = ((await town.Pay.Add(me, town.Pay.Midori, 1)).Value, (await town.Pay.Add(me, town.Pay.Midori, 2)).Value);
        var id = Guid.CreateVersion7();
        var tries = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => town.Choose(me.Id, n % 2 == 0 ? first.Id : second.Id, 1, n == 0 ? id : null)));
        Assert.Single(tries, t => t.Ok);
        Assert.All(tries.Where(t => !t.Ok), t => Assert.Equal("service_already_chosen", t.Refused!.Code));
        Assert.Contains("みどりペイ", tries.First(t => !t.Ok).Refused!.Fact<string>("service"), StringComparison.Ordinal);
        var chosen = tries.First(t => t.Ok).Value;
        Assert.Equal(chosen, (await town.Choose(me.Id, chosen.Account, 1, chosen.Id)).Value);   // the same again answers again
        Assert.Equal("id_reused", (await town.Choose(me.Id, chosen.Account == first.Id ? second.Id : first.Id, 1, chosen.Id)).Refused?.Code);

        // Neither the account nor the ID that ends makes room for another choice.
        Assert.True(await town.Get<MyKey.App.PaymentAccounts.MyPaymentAccounts>().Remove(me.Id, chosen.Account, RoundTown.Stop));
        Assert.Equal("service_already_chosen", (await town.Choose(me.Id, second.Id, 1)).Refused?.Code);
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_01_S3_07_K_01_without_a_reservation_before_and_after_nothing_is_chosen(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var me = await town.Pay.Citizen();
        var account = (await town.Pay.Add(me, town.Pay.Midori, 1)).Value;
        var later = (await town.Pay.Add(me, town.Pay.Sora, 1)).Value;
        Assert.Equal("reservation_required", (await town.Choose(null, account.Id, 1)).Refused?.Code);
        Assert.Equal("reservation_required", (await town.Choose(me.Id, account.Id, 99)).Refused?.Code);   // a card with no MyKey ID
        Assert.Equal("auth_failed", (await town.Choose(me.Id, account.Id, 1, signed: new CitizenId(Guid.NewGuid()))).Refused?.Code);
        Assert.Equal("service_not_allowed", (await town.Choose(me.Id, later.Id, 1)).Refused?.Code);        // its days begin later
        Assert.Equal("service_not_registered", (await town.Choose(me.Id, Guid.NewGuid(), 1)).Refused?.Code);
        Assert.Equal("not_found", (await town.Choose(me.Id, account.Id, 1, round: new ProgrammeId(Guid.NewGuid()))).Refused?.Code);
        await town.Coupons.Other();
        Assert.True((await Agreed(await town.Save(town.Wanted() with { ApplyFrom = town.Today.AddDays(1) }), await town.Coupons.Other())).ValueKind == JsonValueKind.Object);
        Assert.Equal("not_started", (await town.Choose(me.Id, account.Id, 1)).Refused?.Code);
        town.Coupons.Clock.Jump(TimeSpan.FromDays(101));
        var over = (await town.Choose(me.Id, account.Id, 1)).Refused!;
        Assert.Equal("out_of_period", over.Code);
        Assert.DoesNotContain("{", over.Sentences().Rule, StringComparison.Ordinal);
        await town.MustAddUp();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S3_08_K_03_a_new_certificate_waits_24_hours_to_the_second(Engine engine)
    {
        await using var town = await RoundTown.Open(engine);
        var me = await town.Pay.Citizen();
        var account = (await town.Pay.Add(me, town.Pay.Midori, 1)).Value;
        var now = town.Coupons.Clock.NowMs();
        foreach (var cause in (int[])[0, 1, 2, 3])
        {
            await Age(now - (24 * 3_600_000 - 60_000), cause);   // 23:59 h
            var no = (await town.Choose(me.Id, account.Id, 1)).Refused!;
            Assert.Equal("cert_not_yet_effective", no.Code);
            Assert.DoesNotContain("{at}", no.Sentences().Next, StringComparison.Ordinal);
        }
        await Age(now - 24 * 3_600_000, 1);
        Assert.True((await town.Choose(me.Id, account.Id, 1)).Ok);

        Task Age(long notBeforeMs, int cause) => town.Pay.Town.App.Database.Write(tx =>
            Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_certificate set not_before_ms = @notBeforeMs, cause = @cause where citizen = @Id", new { notBeforeMs, cause, me.Id }, tx.Handle));
    }

    [Fact]
    public async Task S3_13_S3_12_at_a_counter_a_service_that_does_not_take_it_is_refused()
    {
        await using var town = await RoundTown.Open();
        var me = await town.Pay.Citizen();
        var account = (await town.Pay.Add(me, town.Pay.Midori, 1)).Value;
        Assert.Equal("counter_unsupported", await WithoutCounter(async () => (await town.Choose(me.Id, account.Id, 1, atCounter: true)).Refused?.Code));
        var chosen = (await town.Choose(me.Id, account.Id, 1, atCounter: true)).Value;
        Assert.True(chosen.AtCounter);

        async Task<string?> WithoutCounter(Func<Task<string?>> look)
        {
            await Flag(0);
            var code = await look();
            await Flag(1);
            return code;
        }

        Task Flag(int counter) => town.Pay.Town.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update inc_payment_service set counter = @counter", new { counter }, tx.Handle));
    }

    [Fact]
    public async Task S3_18_S3_16_K_16_K_17_services_texts_and_totals_are_there_for_those_who_may_see_them()
    {
        await using var town = await RoundTown.Open();
        await town.Chosen();
        await town.Reported(town.Purchase("e-1", 4_000));
        using var anybody = new HttpClient { BaseAddress = town.Pay.Town.App.Loopback };
        var round = (await anybody.GetFromJsonAsync<List<RoundReply>>("/api/v1/mynapoint?q=みどり"))!.Single();
        Assert.Equal(("みどりペイ", "0120-000-000", true), (round.Services.Single().Name, round.Services.Single().Contact, round.Services.Single().Counter));
        Assert.Empty((await anybody.GetFromJsonAsync<List<RoundReply>>("/api/v1/mynapoint?q=ない"))!.Single().Services);

        var notices = town.Get<RoundNotices>();
        Assert.Contains("2か月", await notices.On(RoundNotice.CardWait, new DateOnly(2020, 10, 27)), StringComparison.Ordinal);
        Assert.Contains("1か月", await notices.On(RoundNotice.CardWait, new DateOnly(2023, 6, 1)), StringComparison.Ordinal);
        Assert.True((await town.Coupons.Operator.PutAsJsonAsync("/api/v1/operator/mynapoint/notices/scam", new NoticeRequest(new DateOnly(2020, 7, 1), "あやしい電話は、切ってください。"))).IsSuccessStatusCode);
        Assert.Equal("あやしい電話は、切ってください。", await notices.On(RoundNotice.Scam, new DateOnly(2020, 7, 1)));
        Assert.Equal("not_found", await Code(await town.Coupons.Operator.PutAsJsonAsync("/api/v1/operator/mynapoint/notices/other", new NoticeRequest(town.Today, "x"))));

        var totals = (await town.Coupons.Operator.GetFromJsonAsync<List<RoundTotalsReply>>("/api/v1/operator/mynapoint"))!.Single();
        Assert.Equal((1L, 1_000L), (totals.People, totals.Premium));
        // What an office or the State is told has no person, no day and no purchase in it.
        Assert.Equal(["Id", "Name", "People", "Premium"], typeof(RoundTotalsReply).GetProperties().Select(p => p.Name).Order());
    }
}
