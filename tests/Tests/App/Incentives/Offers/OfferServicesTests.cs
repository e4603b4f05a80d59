using System.Net;
using System.Net.Http.Json;
using MyKey.App.Offers;
using MyKey.App.PaymentServices;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Claims;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Exchange.CouponTown;

namespace MyKey.Tests.App.Offers;

/// <summary>Goal: the office says by which payment services what it grants is received, and when; people read it before they apply.</summary>
public class OfferServicesTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_36_S1_38_S1_41_S1_02_the_office_chooses_services_on_the_page_of_the_offer_and_people_read_them_with_their_days(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        using var officer = await town.Coupons.Desk.Officer("A-001", Residents.A, Role.Officer);
        using var anybody = town.Town.App.Client();
        var today = town.Coupons.Today;
        var id = await Offering.Publish(officer, Offering.Full(today) with { Delivery = "citizen_chooses", ClaimUntil = today.AddDays(90) });
        var path = $"/office/offers/{id}";

        // Nothing is chosen: every service that has started here.
        Assert.Equal([("そらカード", "exchange", "open"), ("みどりペイ", "direct", "open")], await Read());
        Assert.Contains("まだ選んでいません", await Page(officer, path), StringComparison.Ordinal);
        Assert.Equal($"{path}?saved=service", await Choose(town.Midori, today.AddDays(5), today.AddDays(9)));
        Assert.Contains("みどりペイ", await Page(officer, path), StringComparison.Ordinal);
        Assert.Equal([("みどりペイ", "direct", "coming")], await Read());
        var page = await Page(anybody, $"/programmes/{id}");
        foreach (var words in (string[])["みどりペイ", "開始前", "受け取ると、すぐに使えます", MyKey.App.Shared.Components.Words.Day(today.AddDays(5))]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("そらカード", page, StringComparison.Ordinal);
        var find = town.Town.Get<FindOffers>();
        foreach (var (day, count) in new[] { (4, 0), (5, 1), (9, 1), (10, 0) }) Assert.Equal(count, (await find.ServicesOf(new ProgrammeId(id))).Count(s => s.IsOpen(today.AddDays(day))));

        // Chosen again it has other days; one that starts here later has the later day; one that has ended is not shown.
        Assert.Equal($"{path}?saved=service", await Choose(town.Midori, today, null));
        await town.Start(town.Sora, today.AddDays(3));
        Assert.Equal($"{path}?saved=service", await Choose(town.Sora, today, null));
        Assert.Equal([("みどりペイ", "direct", "open"), ("そらカード", "exchange", "coming")], await Read());
        Assert.Equal($"{path}?saved=service", await Choose(town.Midori, today.AddDays(-9), today.AddDays(-1)));
        Assert.Equal([("そらカード", "exchange", "coming")], await Read());

        var wrong = await town.Town.App.Submit(officer, path, $"{path}?handler=Service", [("Service", town.Sora.Value.ToString()), ("ServiceFrom", $"{today:yyyy-MM-dd}"), ("ServiceUntil", $"{today.AddDays(-1):yyyy-MM-dd}")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Equal("not_found", await Code(await officer.PutAsJsonAsync($"{Offering.Offices}/{id}/services/{Guid.NewGuid()}", new OfferServiceRequest(today))));

        async Task<string?> Choose(PaymentServiceId service, DateOnly from, DateOnly? until) => (await town.Town.App.Submit(officer, path, $"{path}?handler=Service",
            [("Service", service.Value.ToString()), ("ServiceFrom", $"{from:yyyy-MM-dd}"), ("ServiceUntil", $"{until:yyyy-MM-dd}")])).Headers.Location?.OriginalString;

        async Task<IEnumerable<(string, string, string)>> Read() => (await anybody.GetFromJsonAsync<List<OfferServiceReply>>($"/api/v1/offers/{id}/services"))!.Select(s => (s.Name, s.Use, s.State));
    }

    [Fact]
    public async Task K_25_points_of_the_municipality_have_no_payment_services()
    {
        await using var town = await PayTown.Open();
        using var officer = await town.Coupons.Desk.Officer("A-001", Residents.A, Role.Officer);
        var id = await Offering.Publish(officer, Offering.Full(town.Coupons.Today));
        using var anybody = town.Town.App.Client();
        Assert.Empty((await anybody.GetFromJsonAsync<List<OfferServiceReply>>($"/api/v1/offers/{id}/services"))!);
        Assert.DoesNotContain("使える決済サービス", await Page(anybody, $"/programmes/{id}"), StringComparison.Ordinal);
        Assert.DoesNotContain("受け取れる決済サービス", await Page(officer, $"/office/offers/{id}"), StringComparison.Ordinal);
    }

    private static async Task<string> Page(HttpClient client, string path) => WebUtility.HtmlDecode(await client.GetStringAsync(path));
}
