using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Budgets;
using MyKey.App.Offers;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Offers;

/// <summary>Goal: a resident finds before any login what a programme gives, to whom and until when; and nothing is published of which that is missing.</summary>
public class OfferTests
{
    private const string Offices = Offering.Offices;

    private static DateOnly Today(GrantOffice office) => office.App.Services.GetRequiredService<TimeProvider>().Today();

    private static async Task<(HttpStatusCode Status, string Code, string? Field)> No(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (answer.StatusCode, body.GetProperty("code").GetString()!, body.TryGetProperty("field", out var field) ? field.GetString() : null);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_03_S1_S1_nothing_is_published_of_which_a_resident_misses_something_and_each_step_is_logged(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var full = Offering.Full(Today(office)) with { Delivery = "citizen_chooses", ClaimUntil = Today(office).AddDays(60) };
        var without = new Dictionary<string, OfferRequest>
        {
            ["category"] = full with { Category = null }, ["summary"] = full with { Summary = " " }, ["conditions"] = full with { Conditions = null }, ["points"] = full with { Points = null },
            ["contact"] = full with { ContactNumber = null, ContactMailbox = null }, ["claim_until"] = full with { ClaimUntil = null }, ["services"] = full with { Delivery = "payment_service" },
            ["screening"] = full with { Screening = "none", Programme = full.Programme! with { Eligibility = "proof" } }, ["budget"] = full with { Programme = full.Programme! with { Budget = null } },
        };
        foreach (var (field, offer) in without)
        {
            var id = Guid.CreateVersion7();
            var draft = offer with { Programme = offer.Programme! with { BudgetId = Guid.CreateVersion7() } };
            var saved = (await (await office.Officer.PutAsJsonAsync($"{Offices}/{id}", draft)).Content.ReadFromJsonAsync<OfficeOfferReply>())!;
            Assert.Equal([field], saved.Missing);
            var no = await No(await office.Officer.PostAsync($"{Offices}/{id}/publish", null));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "field_required"), (no.Status, no.Code));
            Assert.Equal(HttpStatusCode.NotFound, (await office.App.Client().GetAsync($"/api/v1/offers/{id}")).StatusCode);
        }

        var done = await Offering.Publish(office, full);
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.PostAsync($"{Offices}/{done}/publish", null)).StatusCode);
        var offered = (await office.App.Client().GetFromJsonAsync<OfferReply>($"/api/v1/offers/{done}"))!;
        Assert.Equal(("open", 500L, "kosodate(at)a-city.example"), (offered.Moment, offered.Points, offered.ContactMailbox));
        await office.Officer.PostAsync($"{Offices}/{done}/close", null);
        Assert.Equal("ended", (await office.App.Client().GetFromJsonAsync<OfferReply>($"/api/v1/offers/{done}"))!.Moment);
        await using var connection = await office.App.Database.Open();
        Assert.Equal(["offer.saved", "offer.published", "offer.closed"],
            await connection.QueryAsync<string>("select action from log_operation where subject = @done and action like 'offer.%' order by id", new { done }));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_14c_everybody_searches_by_municipality_words_period_and_kind(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        var today = Today(office);
        var other = await office.Desk.Officer("OF-009", Town.B, MyKey.Identity.Staffing.Role.Officer);
        var now = await Offering.Publish(office, Offering.Full(today));
        var coming = await Offering.Publish(office, Offering.Full(today, "健康づくり２０２６") with { Category = "health", ApplyFrom = today.AddDays(3), Summary = "歩いた人に。100%もどります。" });
        var ended = await Offering.Publish(office, Offering.Full(today, "省エネのまち"));
        await office.Officer.PostAsync($"{Offices}/{ended}/close", null);
        var far = await Offering.Publish(office, Offering.Full(today, "B町の見守り"), other);
        await office.Officer.PutAsJsonAsync($"{Offices}/{Guid.CreateVersion7()}", Offering.Full(today, "まだ見せない"));

        await Found("", now, far, coming, ended);
        await Found("?moment=open", now, far);
        await Found("?moment=coming", coming);
        await Found("?moment=ended", ended);
        await Found($"?municipality={Town.B.Value}", far);
        await Found("?category=health", coming);
        await Found("?text=2026", coming);
        await Found("?text=３歳　子育て", now, far, ended);
        await Found("?text=３歳　見守り", far);
        await Found("?text=100%25", coming);
        await Found("?text=100%25x");
        await Found("?text=1_0%25");
        await Found("?page=2");
        foreach (var bad in (string[])["?moment=soon", "?category=none", "?page=0", "?municipality=123", $"?text={new string('あ', 61)}"])
            Assert.True((int)(await office.App.Client().GetAsync($"/api/v1/offers{bad}")).StatusCode is 404 or 422 or 413, bad);

        async Task Found(string query, params Guid[] wanted)
        {
            var found = (await office.App.Client().GetFromJsonAsync<OffersReply>($"/api/v1/offers{query}"))!;
            Assert.Equal(wanted.Order(), found.Offers.Select(o => o.Id).Order());
            if (query.Length == 0) Assert.Equal(ended, found.Offers[^1].Id);
        }
    }

    [Fact]
    public async Task S1_32_S3_07_what_was_promised_stays_and_only_days_become_longer()
    {
        await using var office = await GrantOffice.Open();
        var offer = Offering.Full(Today(office));
        var id = await Offering.Publish(office, offer);
        offer = offer with { Programme = null };
        foreach (var changed in (OfferRequest[])[offer with { Points = 600 }, offer with { Screening = "none" }, offer with { ApplyUntil = offer.ApplyUntil.AddDays(-1) }, offer with { ApplyFrom = offer.ApplyFrom.AddDays(1) }, offer with { Conditions = "" }])
            Assert.Equal("offer_fixed", (await No(await office.Officer.PutAsJsonAsync($"{Offices}/{id}", changed))).Code);
        Assert.Equal(HttpStatusCode.OK, (await office.Officer.PutAsJsonAsync($"{Offices}/{id}", offer with { Summary = "直しました。", ApplyUntil = offer.ApplyUntil.AddDays(10) })).StatusCode);
        await office.Officer.PostAsync($"{Offices}/{id}/close", null);
        Assert.Equal("offer_fixed", (await No(await office.Officer.PutAsJsonAsync($"{Offices}/{id}", offer))).Code);
        Assert.Equal("offer_fixed", (await No(await office.Officer.PostAsync($"{Offices}/{id}/publish", null))).Code);
        var neighbour = await office.Desk.Officer("OF-009", Town.B, MyKey.Identity.Staffing.Role.Officer);
        Assert.Equal("not_found", (await No(await neighbour.PutAsJsonAsync($"{Offices}/{id}", offer with { Programme = null }))).Code);
    }

    [Fact]
    public async Task S1_45_V_D1_what_is_typed_is_looked_at()
    {
        await using var office = await GrantOffice.Open();
        var offer = Offering.Full(Today(office));
        (OfferRequest Offer, string Code)[] bad =
        [
            (offer with { Title = "" }, "field_required"), (offer with { Summary = "番号は 1234 5678 9018 です" }, "my_number_refused"), (offer with { Conditions = new string('あ', 1001) }, "too_large"),
            (offer with { Points = 0 }, "amount_format"), (offer with { ApplyUntil = offer.ApplyFrom.AddDays(-1) }, "out_of_period"), (offer with { LateUntil = offer.ApplyUntil.AddDays(-1) }, "out_of_period"),
            (offer with { ContactMailbox = "だれか" }, "mail_format"), (offer with { ContactNumber = "でんわ" }, "number_format"), (offer with { Delivery = "cash" }, "field_unknown"), (offer with { Category = "x" }, "field_unknown"),
        ];
        foreach (var (wrong, code) in bad) Assert.Equal(code, (await No(await office.Officer.PutAsJsonAsync($"{Offices}/{Guid.CreateVersion7()}", wrong))).Code);
        Assert.Single((await office.Officer.GetFromJsonAsync<ProgrammeReply[]>("/api/v1/office/programmes"))!);
    }

    [Fact]
    public async Task S1_03_S1_14c_S3_19_the_office_prepares_it_on_its_pages_and_everybody_reads_it()
    {
        await using var office = await GrantOffice.Open();
        var (today, id) = (Today(office), Guid.CreateVersion7());
        var path = $"/office/offers/{id}";
        (string, string)[] typed = [("Title", "子育て応援"), ("ApplyFrom", $"{today:yyyy-MM-dd}"), ("ApplyUntil", $"{today.AddDays(9):yyyy-MM-dd}"), ("Change", $"{Guid.CreateVersion7()}"), ("Budget", "５,０００"), ("Per", "year"), ("Who", "anyone")];
        Assert.Equal($"{path}?saved=draft", (await office.App.Submit(office.Officer, path, path, typed)).Headers.Location?.ToString());
        var draft = WebUtility.HtmlDecode(await office.Officer.GetStringAsync(path));
        Assert.Contains("公開する前に、つぎのものがいります", draft, StringComparison.Ordinal);
        (string, string)[] more = [.. typed, ("Category", "children"), ("Summary", "内容です。"), ("Conditions", "条件です。"), ("Amount", "300"), ("Screening", "none"), ("Delivery", "municipal_points"), ("Contact", "支援課"), ("ContactMailbox", "a@b.example")];
        Assert.Equal($"{path}?saved=draft", (await office.App.Submit(office.Officer, path, path, more)).Headers.Location?.ToString());
        Assert.Equal($"{path}?saved=published", (await office.App.Submit(office.Officer, path, $"{path}?handler=Publish")).Headers.Location?.ToString());

        using var stranger = office.App.Client();
        var list = WebUtility.HtmlDecode(await stranger.GetStringAsync("/programmes?text=子育て&moment=open"));
        Assert.Contains($"/programmes/{id}", list, StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(await stranger.GetStringAsync($"/programmes/{id}"));
        foreach (var words in (string[])["受付中", "条件です。", "300", "支援課", "a(at)b.example", "1年に1回", "すぐに付与されます"]) Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("a@b.example", page, StringComparison.Ordinal);
        Assert.Contains("/programmes", await stranger.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/programmes/{Guid.NewGuid()}")).StatusCode);
    }
}
