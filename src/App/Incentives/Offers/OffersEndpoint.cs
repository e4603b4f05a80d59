using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>Where there is no such programme yet, it is begun.</summary>
/// <param name="Per"><c>ever</c> or <c>year</c>: each person once, or once in a fiscal year.</param>
/// <param name="Eligibility"><c>anyone</c>, <c>list</c>, <c>proof</c>.</param>
/// <param name="BudgetId">UUID made by the caller; with <paramref name="Budget"/>, which may wait for another officer.</param>
public sealed record NewProgrammeRequest(string Per = "ever", string Eligibility = "anyone", long? Budget = null, Guid? BudgetId = null);

/// <param name="Category">A code of <c>GET /api/v1/offers/categories</c>; like all that follows it may wait until the offer is published.</param>
/// <param name="Points">What each person gets.</param>
/// <param name="LateUntil">Until when staff may enter somebody who came late.</param>
/// <param name="ClaimUntil">The last day to receive it, where it is not received at once.</param>
/// <param name="Screening"><c>none</c> or <c>by_hand</c>.</param>
/// <param name="Delivery"><c>municipal_points</c>, <c>payment_service</c> or <c>citizen_chooses</c>.</param>
public sealed record OfferRequest(string Title, DateOnly ApplyFrom, DateOnly ApplyUntil, string? Category = null, string? Summary = null, string? Conditions = null, long? Points = null,
    DateOnly? LateUntil = null, DateOnly? ClaimUntil = null, string Screening = "by_hand", string Delivery = "municipal_points", string? Contact = null, string? ContactNumber = null,
    string? ContactMailbox = null, NewProgrammeRequest? Programme = null)
{
    internal OfferEntry Entry(Guid id) => new(new ProgrammeId(id), Title, ApplyFrom, ApplyUntil)
    {
        Category = Category, Summary = Summary, Conditions = Conditions, Amount = Points, LateUntil = LateUntil, ClaimUntil = ClaimUntil, Screening = Screening, Delivery = Delivery,
        Contact = Contact, ContactNumber = ContactNumber, ContactMailbox = ContactMailbox,
    };
}

/// <param name="Id">Of the programme.</param>
/// <param name="State"><c>draft</c>, <c>published</c> or <c>closed</c>.</param>
/// <param name="Missing">What has to be there before it is published.</param>
public sealed record OfficeOfferReply(Guid Id, string State, string Title, string Category, string Summary, string Conditions, long? Points, DateOnly ApplyFrom, DateOnly ApplyUntil, DateOnly? LateUntil,
    DateOnly? ClaimUntil, string Screening, string Delivery, string Contact, string ContactNumber, string ContactMailbox, IReadOnlyList<string> Missing)
{
    public static OfficeOfferReply Of(Offer o, IReadOnlyList<string> missing) => new(o.Programme.Value, Words<OfferState>.Of(o.State), o.Texts.Title, o.Texts.Category, o.Texts.Summary, o.Texts.Conditions,
        o.Terms.Amount?.Value, o.Days.ApplyFrom, o.Days.ApplyUntil, o.Days.LateUntil, o.Days.ClaimUntil, Words<Screening>.Of(o.Terms.Screening), Words<Delivery>.Of(o.Terms.Delivery),
        o.Texts.Contact.Desk, o.Texts.Contact.Number, o.Texts.Contact.Mailbox, missing);
}

/// <param name="Moment">Today: <c>coming</c>, <c>open</c>, <c>ended</c>.</param>
/// <param name="ContactMailbox">With <c>(at)</c>.</param>
public sealed record OfferReply(Guid Id, string Municipality, string Moment, string Title, string Category, string Summary, string Conditions, long Points, DateOnly ApplyFrom, DateOnly ApplyUntil,
    DateOnly? ClaimUntil, string Screening, string Delivery, string Contact, string ContactNumber, string ContactMailbox)
{
    public static OfferReply Of(Offer o, DateOnly today) => new(o.Programme.Value, o.Municipality.Value, Words<OfferMoment>.Of(o.On(today)), o.Texts.Title, o.Texts.Category, o.Texts.Summary, o.Texts.Conditions,
        o.Terms.Amount!.Value.Value, o.Days.ApplyFrom, o.Days.ApplyUntil, o.Days.ClaimUntil, Words<Screening>.Of(o.Terms.Screening), Words<Delivery>.Of(o.Terms.Delivery),
        o.Texts.Contact.Desk, o.Texts.Contact.Number, o.Texts.Contact.ShownMailbox);
}

/// <param name="More">There is a next page.</param>
public sealed record OffersReply(IReadOnlyList<OfferReply> Offers, bool More);

public sealed record OfferCategoryReply(string Code, string Name);

/// <param name="Use"><c>direct</c>; <c>exchange</c>: on the service's own page first.</param>
/// <param name="State"><c>open</c>: can be chosen today; <c>coming</c>.</param>
/// <param name="From">null: the municipality has not said when.</param>
/// <param name="Until">null: no end is set.</param>
public sealed record OfferServiceReply(Guid Service, string Name, string Use, string State, DateOnly? From, DateOnly? Until)
{
    public static OfferServiceReply Of(OfferedPaymentService s, DateOnly today) => new(s.Service.Id.Value, s.Service.Name, Words<PointsUse>.Of(s.Service.Use), s.IsOpen(today) ? "open" : "coming", s.From, s.Until);
}

/// <param name="Until">null: as long as the offer.</param>
public sealed record OfferServiceRequest(DateOnly From, DateOnly? Until = null);

/// <summary><c>/api/v1/offers</c>: what everybody may read; <c>/api/v1/office/offers</c>: what an office prepares and publishes.</summary>
public static class OffersEndpoint
{
    public static void AddOffers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindOffers>().AddSingleton<OfferServices>().AddSingleton<SaveOffer>().AddSingleton<OfficeOffers>();
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 21, "募集", "/office/offers", Role.Officer));
    }

    public static void MapOffers(this WebApplication app)
    {
        var everybody = app.MapGroup("/api/v1/offers").RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/offers", Search).RequireRateLimiting(RateLimits.Anonymous);
        everybody.MapGet("/categories", () => OfferCategory.All.Select(c => new OfferCategoryReply(c.Code, c.Name)).ToList());
        everybody.MapGet("/{id:guid}", Get);
        everybody.MapGet("/{id:guid}/services", Services);
        var office = app.MapGroup("/api/v1/office/offers");
        office.MapGet("", All);
        office.MapGet("/{id:guid}", One);
        office.MapPut("/{id:guid}", Save);
        office.MapPost("/{id:guid}/publish", Publish);
        office.MapPost("/{id:guid}/close", Close);
        office.MapPut("/{id:guid}/services/{service:guid}", SetService);
    }

    private static async Task<Answer<OffersReply>> Search(string? municipality, string? text, string? moment, string? category, int? page, FindOffers find, TimeProvider clock, CancellationToken stop)
    {
        var query = ReadQuery(municipality, text, moment, category, page);
        if (query.Refused is { } no) return no;
        var (leaf, today) = (await find.Find(query.Value, stop), clock.Today());
        return new OffersReply([.. leaf.Offers.Select(o => OfferReply.Of(o, today))], leaf.More);
    }

    /// <summary>The same on the page and over the API; empty is as if it were left out.</summary>
    /// <returns><c>municipality_unknown</c>, <c>field_unknown</c> (field), <c>too_large</c>.</returns>
    public static Result<OfferQuery> ReadQuery(string? municipality, string? text, string? moment, string? category, int? page)
    {
        MunicipalityCode? town = null;
        if (!string.IsNullOrEmpty(municipality))
        {
            var code = MunicipalityCode.Read(municipality);
            if (code.Refused is { } unknown) return unknown;
            town = code.Value;
        }
        var when = string.IsNullOrEmpty(moment) ? null : Words<OfferMoment>.Find(moment);
        if (when is null && !string.IsNullOrEmpty(moment)) return Refusal.Of("field_unknown", ("field", "moment"));
        if (!string.IsNullOrEmpty(category) && OfferCategory.Find(category) is null) return Refusal.Of("field_unknown", ("field", "category"));
        if (text?.Length > FindOffers.LongestText) return Refusal.Of("too_large");
        return page is < 1 or > FindOffers.MostPages ? Refusal.Of("field_unknown", ("field", "page")) : new OfferQuery(town, text, when, category, page ?? 1);
    }

    private static async Task<Answer<OfferReply>> Get(Guid id, FindOffers find, TimeProvider clock, CancellationToken stop) =>
        (await find.Public(new ProgrammeId(id), stop)).Then<OfferReply>(o => OfferReply.Of(o, clock.Today()));

    private static async Task<Answer<List<OfferServiceReply>>> Services(Guid id, FindOffers find, OfferServices services, TimeProvider clock, CancellationToken stop)
    {
        var offer = await find.Public(new ProgrammeId(id), stop);
        if (offer.Refused is { } no) return no;
        return (await services.Of(offer.Value, stop)).Select(s => OfferServiceReply.Of(s, clock.Today())).ToList();
    }

    private static async Task<Answer<List<OfficeOfferReply>>> All(HttpContext context, OfficeOffers offers, SaveOffer save, CancellationToken stop) =>
        await context.InOffice<List<OfficeOfferReply>>(async work =>
        {
            var all = await offers.All(work, stop);
            if (all.Refused is { } no) return no;
            var replies = new List<OfficeOfferReply>();
            foreach (var offer in all.Value) replies.Add(OfficeOfferReply.Of(offer, await save.Missing(offer, stop)));
            return replies;
        });

    private static async Task<Answer<OfficeOfferReply>> One(Guid id, HttpContext context, OfficeOffers offers, SaveOffer save, CancellationToken stop) =>
        await Reply(await context.InOffice(work => offers.One(work, new ProgrammeId(id), stop)), save, stop);

    private static async Task<Answer<OfficeOfferReply>> Save(Guid id, OfferRequest request, HttpContext context, OfficeOffers offers, SaveOffer save, CancellationToken stop) =>
        await Reply(await context.InOffice<Offer>(async work =>
        {
            var begin = Begin(request.Programme);
            return begin.Refused is { } no ? no : await offers.Save(work, request.Entry(id), begin.Value, stop);
        }), save, stop);

    private static async Task<Answer<OfficeOfferReply>> Publish(Guid id, HttpContext context, OfficeOffers offers, SaveOffer save, CancellationToken stop) =>
        await Reply(await context.InOffice(work => offers.Publish(work, new ProgrammeId(id), stop)), save, stop);

    private static async Task<Answer<OfficeOfferReply>> Close(Guid id, HttpContext context, OfficeOffers offers, SaveOffer save, CancellationToken stop) =>
        await Reply(await context.InOffice(work => offers.Close(work, new ProgrammeId(id), stop)), save, stop);

    private static async Task<Answer<OfficeOfferReply>> SetService(Guid id, Guid service, OfferServiceRequest request, HttpContext context, OfficeOffers offers, SaveOffer save, CancellationToken stop) =>
        await Reply(await context.InOffice(work => offers.SetService(work, new ProgrammeId(id), new OfferPaymentService(new PaymentServiceId(service), request.From, request.Until), stop)), save, stop);

    private static Result<NewProgramme?> Begin(NewProgrammeRequest? request)
    {
        if (request is null) return (NewProgramme?)null;
        if (request.Per is not ("ever" or "year")) return Refusal.Of("field_unknown", ("field", "per"));
        if (request is { Budget: not null, BudgetId: null }) return Refusal.Of("field_required", ("field", "budget_id"));
        return Words<Eligibility>.Find(request.Eligibility) is { } who ? new NewProgramme(request.Per == "year", who, request.Budget, request.BudgetId ?? Guid.Empty) : Refusal.Of("field_unknown", ("field", "eligibility"));
    }

    private static async Task<Answer<OfficeOfferReply>> Reply(Result<Offer> offer, SaveOffer save, CancellationToken stop) =>
        offer.Refused is { } no ? no : OfficeOfferReply.Of(offer.Value, await save.Missing(offer.Value, stop));
}
