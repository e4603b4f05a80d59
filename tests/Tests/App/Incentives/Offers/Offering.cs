using System.Net.Http.Json;
using MyKey.App.Offers;
using MyKey.Tests.App.Grants;

namespace MyKey.Tests.App.Offers;

/// <summary>An offer of which nothing is missing, and its publication as an office does it.</summary>
public static class Offering
{
    public const string Offices = "/api/v1/office/offers";

    public static OfferRequest Full(DateOnly today, string title = "子育て応援ポイント", long points = 500) => new(title, today.AddDays(-1), today.AddDays(20), "children", "小さい子のいる家を応援します。", "市内に住み、\n3歳より小さい子がいる人。", points,
        Contact: "子育て支援課", ContactNumber: "000-000-0000", ContactMailbox: "kosodate@a-city.example", Programme: new NewProgrammeRequest(Budget: 600, BudgetId: Guid.CreateVersion7()));

    public static Task<Guid> Publish(GrantOffice office, OfferRequest offer, HttpClient? officer = null) => Publish(officer ?? office.Officer, offer);

    public static async Task<Guid> Publish(HttpClient officer, OfferRequest offer)
    {
        var id = Guid.CreateVersion7();
        var saved = await officer.PutAsJsonAsync($"{Offices}/{id}", offer);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        var published = await officer.PostAsync($"{Offices}/{id}/publish", null);
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        return id;
    }
}
