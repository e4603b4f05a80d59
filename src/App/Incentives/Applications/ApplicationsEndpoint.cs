using MyKey.App.Claims;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.WaitingRooms;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Applications;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Declared">The conditions hold, where the programme asks for it.</param>
/// <param name="To">Where the points go, where the programme asks for it with the application: one of <c>destinations</c>; left out: the only one that there is.</param>
public sealed record ApplicationQuestionRequest(Guid Id, Guid Programme, bool Declared = false, string? To = null);

/// <param name="Agent">Address of the card agent with the question; it names programme and points and asks for the PIN.</param>
public sealed record ApplicationQuestionReply(string Agent);

/// <param name="Code">What the agent got for the card's signature.</param>
public sealed record ApplicationRequest(string Code);

/// <param name="State"><c>waiting</c>, <c>approving</c>, <c>accepted</c>, <c>granted</c>, <c>rejected</c>.</param>
/// <param name="Points">What was granted; before that what it would be.</param>
/// <param name="Reason">Why it was rejected.</param>
public sealed record MyApplicationReply(Guid Id, Guid Programme, string Municipality, string State, long Points, long MadeMs, string? Reason)
{
    public static MyApplicationReply Of(Application a) => new(a.Id.Value, a.Programme.Value, a.Municipality.Value, Words<ApplicationState>.Of(a.State), (a.Credited ?? a.Amount).Value, a.MadeMs, a.Reason);
}

/// <summary><c>/api/v1/my/applications</c>: apply with the card, see what became of it. Nothing is withdrawn (S1-29).</summary>
public static class ApplicationsEndpoint
{
    public static void AddApplications(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<FindApplications>().AddSingleton<ApplicationRules>().AddSingleton<OfferPosting>().AddSingleton<ApplicationPosting>().AddSingleton<KeepApplications>().AddSingleton<ApplyForOffer>().AddSingleton<ApplyByCard>()
        .AddSingleton<ApplicationDestination>().AddSingleton(ApplyByCard.Action).AddSingleton(ApplyByCard.ActionTo);

    public static void MapApplications(this WebApplication app)
    {
        app.MapGet($"{ApplyByCard.Path}/new/{{programme:guid}}/card", Go).RequireRateLimiting(RateLimits.Attempts);
        var group = app.MapGroup("/api/v1/my/applications").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("", Mine);
        group.MapGet("/destinations", Destinations);
        group.MapPost("/question", Question);
        group.MapPost("", Apply).Produces<MyApplicationReply>(StatusCodes.Status201Created);
        group.MapGet("/{id:guid}", Get);
        group.MapDelete("/{id:guid}", Withdraw);
    }

    private static async Task Go(Guid programme, Guid id, string? yes, string? to, HttpContext context, ApplyByCard apply, CardOptions cards)
    {
        var (page, citizen) = (ApplyByCard.PageOf(new ProgrammeId(programme)), await context.CitizenOf());
        if (citizen.Refused is not null) context.SeeOther(CitizenShell.LoginFor(page, expired: false));
        else if (!cards.On) context.SeeOther(page);
        else
        {
            var asked = await apply.Ask(context, citizen.Value, new ApplicationWish(citizen.Value.Id, new ProgrammeId(programme), new TransferId(id), yes == "1", string.IsNullOrEmpty(to) ? null : to));
            QueuePage.Go(context, asked, page);
        }
    }

    private static async Task<Answer<List<MyApplicationReply>>> Mine(HttpContext context, FindApplications find, CancellationToken stop) =>
        await context.AsCitizen<List<MyApplicationReply>>(async citizen => (await find.Of(citizen.Id, stop)).Select(MyApplicationReply.Of).ToList());

    /// <summary>Where the points of a programme may go, where it asks for it with the application; else nothing.</summary>
    private static async Task<Answer<List<ClaimTargetReply>>> Destinations(Guid programme, HttpContext context, ApplicationRules rules, ApplicationDestination destinations, CancellationToken stop) =>
        await context.AsCitizen<List<ClaimTargetReply>>(async citizen =>
        {
            var offered = await rules.Offered(new ProgrammeId(programme), stop);
            if (offered.Refused is { } no) return no;
            return !await destinations.Asked(offered.Value) ? [] : (await destinations.Targets(citizen.Id, offered.Value, stop)).Select(t => new ClaimTargetReply(t.Key, t.Word)).ToList();
        });

    private static async Task<Answer<ApplicationQuestionReply>> Question(ApplicationQuestionRequest request, HttpContext context, ApplyByCard apply, CardOptions cards) =>
        await context.AsCitizen<ApplicationQuestionReply>(async citizen =>
        {
            if (!cards.On) return Refusal.Of("card_unavailable");
            var asked = await apply.Ask(context, citizen, new ApplicationWish(citizen.Id, new ProgrammeId(request.Programme), new TransferId(request.Id), request.Declared, string.IsNullOrEmpty(request.To) ? null : request.To));
            return asked.Then<ApplicationQuestionReply>(a => new ApplicationQuestionReply(a));
        });

    private static async Task<Answer<MyApplicationReply>> Apply(ApplicationRequest request, HttpContext context, ApplyByCard apply) =>
        Answer.Created((await apply.Run(context, request.Code)).Then<MyApplicationReply>(a => MyApplicationReply.Of(a)));

    private static async Task<Answer<MyApplicationReply>> Get(Guid id, HttpContext context, FindApplications find, CancellationToken stop) =>
        await context.AsCitizen<MyApplicationReply>(async citizen => await find.One(new TransferId(id), stop) is { } found && found.Citizen == citizen.Id ? MyApplicationReply.Of(found) : Refusal.Of("not_found"));

    /// <summary>Who has applied can't take it back; the office may reject it (S1-29).</summary>
    private static async Task<Answer<bool>> Withdraw(Guid id, HttpContext context, FindApplications find, CancellationToken stop) =>
        await context.AsCitizen<bool>(async citizen => await find.One(new TransferId(id), stop) is { } found && found.Citizen == citizen.Id ? Refusal.Of("cancel_forbidden") : Refusal.Of("not_found"));
}
