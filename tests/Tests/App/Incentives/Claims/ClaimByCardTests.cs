using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Claims;
using MyKey.App.Entitlements;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.PaymentServices;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Claims;

/// <summary>Goal: nothing is received without card and PIN for that very claim, and the screens lead there in the source's order.</summary>
public class ClaimByCardTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_42a_S1_42b_Z5_the_card_signs_programme_amount_and_destination_and_that_is_received(Engine engine)
    {
        await using var town = await CardTown.Start(engine);
        await using var site = await PaySite.Start(TimeProvider.System);
        using var card = town.Authority.Issue(Held);
        var me = await town.Resident(card, "AB12CD34");
        using var browser = town.Browser();
        await browser.Login(card);
        var service = await Service(town, site);
        var grant = await Entitle(town, me, 3_000);

        // Nothing is registered: points of the municipality are the only way, so that the choice is skipped.
        Assert.Contains("3,000", await browser.Client.GetStringAsync("/my/claims"), StringComparison.Ordinal);
        Assert.Contains("このポイントを受け取りますか", await browser.Client.GetStringAsync($"/my/claims/{grant.Value}"), StringComparison.Ordinal);
        var added = await town.Residents.Send(browser.Client, "/my/payment-accounts", ("Service", service.ToString()), ("Number", ServiceBooks.Member(1).Id), ("Code", ServiceBooks.Member(1).Code));
        Assert.Equal("/my/payment-accounts?done=added", added.Headers.Location?.OriginalString);
        Assert.Contains("みどりペイ", await browser.Client.GetStringAsync("/my/payment-accounts"), StringComparison.Ordinal);
        Assert.Contains("どこで受け取りますか", await browser.Client.GetStringAsync($"/my/claims/{grant.Value}"), StringComparison.Ordinal);
        var to = (await browser.Client.GetFromJsonAsync<List<PaymentAccountReply>>("/api/v1/my/payment-accounts"))!.Single().Id.ToString("N");
        var confirm = await browser.Client.GetStringAsync($"/my/claims/{grant.Value}?to={to}&then=municipal");
        Assert.Contains($"/my/claims/card?entitlement={grant.Value}&amp;to={to}&amp;then=municipal", confirm, StringComparison.Ordinal);

        var asked = (await browser.Client.GetAsync($"/my/claims/card?entitlement={grant.Value}&to={to}&then=municipal")).Headers.Location!.OriginalString;
        var question = CardBrowser.Question(asked);
        Assert.Equal(Purpose.Claim, question.Purpose);
        Assert.Equal(["子育て応援", "3,000ポイント", "みどりペイ（IDの終わりが0001）。だめなら、自治体ポイント"], question.Details.Select(d => d.Value));
        Assert.Empty(site.Books.GrantsOf("midori"));   // up to here nothing has happened
        var code = await browser.Answer(card, question);
        var done = (await browser.Client.GetAsync($"/card/return?code={code}")).Headers.Location!.OriginalString;

        Assert.StartsWith("/my/claims/orders/", done, StringComparison.Ordinal);
        var page = await browser.Client.GetStringAsync(done);
        Assert.Contains("受け取りました", page, StringComparison.Ordinal);
        Assert.Contains("0120-000-000", page, StringComparison.Ordinal);
        Assert.Equal(3_000, site.Books.Held("midori"));
        Assert.StartsWith("/my/claims?card=", (await browser.Client.GetAsync($"/card/return?code={code}")).Headers.Location!.OriginalString, StringComparison.Ordinal);   // good once
        Assert.Equal("destination_fixed", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/claims/question", new ClaimQuestionRequest(grant.Value, ClaimTarget.Municipal))));
        Assert.Equal("cancel_forbidden", await Code(await browser.Client.DeleteAsync($"/api/v1/my/claims/{done[(done.LastIndexOf('/') + 1)..]}")));
        Assert.Null((await Get<AuditClaims>(town).Run()).Broken);
    }

    [Fact]
    public async Task S1_42b_without_the_card_for_this_claim_nothing_is_received()
    {
        await using var town = await CardTown.Start();
        using var card = town.Authority.Issue(Held);
        using var stranger = town.Authority.Issue(Held);
        var me = await town.Resident(card, "AB12CD34");
        await town.Resident(stranger, "EF56GH78");
        using var browser = town.Browser();
        await browser.Login(card);
        var grant = await Entitle(town, me, 500);

        Assert.Equal("step_up_required", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/claims", new ClaimRequest())));
        var asked = await Ask();
        Assert.Equal("auth_failed", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/claims", new ClaimRequest(await browser.Answer(stranger, CardBrowser.Question(asked.Agent))))));
        Assert.Equal("split_forbidden", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/claims/question", new ClaimQuestionRequest(grant.Value, Points: 499))));
        Assert.Equal("field_unknown", await Code(await browser.Client.PostAsJsonAsync("/api/v1/my/claims/question", new ClaimQuestionRequest(grant.Value, Fallback: "somewhere"))));
        var given = (await browser.Client.GetAsync($"/card/return?challengeId={CardBrowser.Question(asked.Agent).Id}&state=cancelled")).Headers.Location!.OriginalString;
        Assert.Equal("/my/claims?card=cancelled", given);
        Assert.Contains("受け取っていません", await browser.Client.GetStringAsync(given), StringComparison.Ordinal);
        Assert.Equal("open", (await browser.Client.GetFromJsonAsync<List<MyEntitlementReply>>("/api/v1/my/entitlements"))!.Single().State);

        asked = await Ask();
        var made = await Read<ClaimReply>(await browser.Client.PostAsJsonAsync("/api/v1/my/claims", new ClaimRequest(await browser.Answer(card, CardBrowser.Question(asked.Agent)))));
        Assert.Equal((asked.Claim, "granted", null), (made.Id, made.State, made.Service));
        Assert.Equal(made, await browser.Client.GetFromJsonAsync<ClaimReply>($"/api/v1/my/claims/{made.Id}"));
        Assert.Equal("claimed", (await browser.Client.GetFromJsonAsync<List<MyEntitlementReply>>("/api/v1/my/entitlements"))!.Single().State);

        async Task<ClaimQuestionReply> Ask() => await Read<ClaimQuestionReply>(await browser.Client.PostAsJsonAsync("/api/v1/my/claims/question", new ClaimQuestionRequest(grant.Value)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_08b_Z5_a_new_certificate_waits_an_hour_before_it_receives_too(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var grant = await town.Entitle(me.Id, 500);
        var issued = town.Coupons.Clock.NowMs();
        await town.Town.App.Database.Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_certificate set not_before_ms = @issued, cause = 0 where citizen = @Id", new { issued, me.Id }, tx.Handle));

        town.Coupons.Clock.Jump(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        Assert.Equal("cert_not_yet_effective", (await town.Town.Get<PlaceClaim>().Look(me.Id, new WantedClaim(grant, null, Fallback.None))).Refused?.Code);
        var no = (await town.Claim(me.Id, grant, ClaimTarget.Municipal)).Refused!;
        Assert.Equal("cert_not_yet_effective", no.Code);
        Assert.DoesNotContain("{at}", no.Sentences().Next, StringComparison.Ordinal);
        Assert.Equal(500L, await town.Open(me.Id));
        town.Coupons.Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Equal(ClaimState.Granted, (await town.Claim(me.Id, grant, ClaimTarget.Municipal)).Value.State);
    }

    /// <summary>Of a card whose certificate nobody waits for any more (S1-08b).</summary>
    private static CertificateProfile Held => new() { NotBefore = TimeProvider.System.GetUtcNow().AddDays(-30) };

    private static T Get<T>(CardTown town) where T : notnull => town.App.Services.GetRequiredService<T>();

    internal static async Task<Guid> Service(CardTown town, PaySite site, StaffDesk? desk = null)
    {
        var id = Guid.CreateVersion7();
        var platform = await (desk ?? new StaffDesk(town.App)).Operator();
        await Read<PaymentServiceReply>(await platform.PutAsJsonAsync($"/api/v1/operator/payment-services/{id}",
            new PaymentServiceRequest("みどりペイ", "direct", "0120-000-000", site.PageOf("midori"), true, site.ApiOf("midori"), ServiceBooks.ClientId, ServiceBooks.ClientSecret)));
        await Read<ServiceStartReply>(await platform.PutAsJsonAsync($"/api/v1/operator/payment-services/{id}/municipalities/{Residents.A.Value}", new ServiceStartRequest(TimeProvider.System.Today())));
        return id;
    }

    private static async Task<TransferId> Entitle(CardTown town, CitizenId citizen, long amount)
    {
        var clock = TimeProvider.System;
        var programme = Ids.New<ProgrammeId>(clock);
        Assert.True((await Get<OpenProgramme>(town).Run(new(programme, Residents.A, "子育て応援", GrantKind.Activity, clock.Today(), clock.Today().AddDays(90), Actor.Job("test")))).Ok);
        Assert.True((await town.App.Database.WriteOrRefuse(tx => Get<Limits>(town).SetTotal(tx, LimitId.Budget(programme), new Points(1_000_000)))).Ok);
        var granted = new Entitlement(Ids.New<TransferId>(clock), citizen, programme, Residents.A, new Points(amount), clock.NowMs(), clock.Today().AddDays(60));
        Assert.Null((await Get<GrantEntitlement>(town).Run(granted, Actor.Job("test"), [])).Refused);
        return granted.Id;
    }
}
