using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.WaitingRooms;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.National;

/// <summary>A citizen's round: the three steps, and what has come of them (S3-01).</summary>
/// <param name="Choice">Null: step 3 is still to come.</param>
/// <param name="Given">By the ledger.</param>
/// <param name="Events">The last ones: amount and day only (S3-20).</param>
public sealed record MyRound(Round Round, Choice? Choice, PaymentService? Service, Points Given, IReadOnlyList<PremiumEvent> Events)
{
    public Points Rest => Given > Round.Cap ? Points.Zero : Round.Cap - Given;
}

/// <summary>What a citizen sees of the rounds.</summary>
public sealed class MyRounds(FindRounds rounds, FindChoices choices, FindPaymentServices services, MyPaymentAccounts accounts, FindCitizen citizens, PremiumReading reading, PremiumRows rows, TimeProvider clock)
{
    private const int MostEvents = 100;

    /// <summary>Current ones, and those in which the person has chosen; the newest first.</summary>
    public async Task<IReadOnlyList<MyRound>> Of(CitizenId citizen, CancellationToken stop = default)
    {
        var person = await citizens.PersonKeyOf(citizen, stop);
        var all = new List<MyRound>();
        foreach (var round in await rounds.All(stop))
        {
            var choice = person is { } key ? await choices.Of(round.Id, key, stop) : null;
            if (choice is null && clock.Today() > round.Apply.Until) continue;
            all.Add(choice is null ? new MyRound(round, null, null, Points.Zero, [])
                : new MyRound(round, choice, await services.Find(choice.Service, stop), await reading.Given(choice.Holder, stop), await rows.Of(choice.Id, MostEvents, stop)));
        }
        return all;
    }

    /// <summary>The citizen's accounts that can be chosen for a round today.</summary>
    public async Task<IReadOnlyList<(PaymentAccount Account, PaymentService Service)>> Accounts(CitizenId citizen, Round round, CancellationToken stop = default)
    {
        var open = (await rounds.Listed(round.Id, null, stop)).Where(s => s.Days.IsOpen(clock.Today())).ToDictionary(s => s.Service.Id, s => s.Service);
        return [.. (await accounts.Of(citizen, stop)).Where(a => a.State == AccountState.Live && open.ContainsKey(a.Service)).Select(a => (a, open[a.Service]))];
    }
}

/// <param name="Amount">Yen of the charge or purchase.</param>
/// <param name="Premium">Below 0: taken back.</param>
public sealed record MyPremiumReply(string Kind, DateOnly Day, long Amount, long Premium);

/// <param name="Step">1: no card yet is nothing that this site sees; 2: the ID is there (reserved); 3: the service is chosen.</param>
/// <param name="Service">Null: still to be chosen; else never to be changed.</param>
public sealed record MyRoundReply(Guid Id, string Name, int Step, Guid? Service, string? Tail, long Premium, long Rest, IReadOnlyList<MyPremiumReply> Events)
{
    public static MyRoundReply Of(MyRound r) => new(r.Round.Id.Value, r.Round.Name, r.Choice is null ? 2 : 3, r.Choice?.Service.Value, r.Choice?.Tail, r.Given.Value, r.Rest.Value,
        [.. r.Events.Select(e => new MyPremiumReply(Words<PremiumKind>.Of(e.Kind), e.Day, e.Amount, e.Given))]);
}

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Account">One of the citizen's registered accounts.</param>
public sealed record RoundQuestionRequest(Guid Id, Guid Round, Guid Account);

/// <param name="Agent">Address of the card agent with the question.</param>
public sealed record RoundQuestionReply(string Agent);

/// <param name="Code">What the agent got for the card's signature.</param>
public sealed record RoundChoiceRequest(string? Code);

/// <param name="Service">For good.</param>
public sealed record RoundChoiceReply(Guid Id, Guid Round, Guid Service, string Tail, long MadeMs)
{
    public static RoundChoiceReply Of(Choice c) => new(c.Id, c.Round.Value, c.Service.Value, c.Tail, c.MadeMs);
}

/// <summary><c>/api/v1/my/mynapoint</c>.</summary>
public static class MyRoundsEndpoint
{
    public static void MapMyRounds(this WebApplication app)
    {
        app.MapGet($"{ApplyForRoundByCard.Path}/{{round:guid}}/{{account:guid}}/card", Go).RequireRateLimiting(RateLimits.Attempts);
        var group = app.MapGroup("/api/v1/my/mynapoint").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("", Mine);
        group.MapPost("/question", Question);
        group.MapPost("", Apply).Produces<RoundChoiceReply>(StatusCodes.Status201Created);
    }

    /// <summary>The page's link to the agent; a refusal stands on the page.</summary>
    private static async Task Go(Guid round, Guid account, Guid id, HttpContext context, ApplyForRoundByCard apply, CardOptions cards)
    {
        var (page, citizen) = (ApplyForRoundByCard.PageOf(new ProgrammeId(round), account), await context.CitizenOf());
        if (citizen.Refused is not null) context.SeeOther(CitizenShell.LoginFor(page, expired: false));
        else if (!cards.On) context.SeeOther(page);
        else
        {
            var asked = await apply.Ask(context, new RoundWish(citizen.Value.Id, new ProgrammeId(round), account, id));
            QueuePage.Go(context, asked, page);
        }
    }

    private static async Task<Answer<List<MyRoundReply>>> Mine(HttpContext context, MyRounds rounds, CancellationToken stop) =>
        await context.AsCitizen<List<MyRoundReply>>(async citizen => (await rounds.Of(citizen.Id, stop)).Select(MyRoundReply.Of).ToList());

    private static async Task<Answer<RoundQuestionReply>> Question(RoundQuestionRequest request, HttpContext context, ApplyForRoundByCard apply, CardOptions cards)
    {
        var citizen = await ApplyForRoundByCard.Who(context);
        if (citizen.Refused is { } nobody) return nobody;
        if (!cards.On) return Refusal.Of("card_unavailable");
        return (await apply.Ask(context, new RoundWish(citizen.Value.Id, new ProgrammeId(request.Round), request.Account, request.Id))).Then<RoundQuestionReply>(a => new RoundQuestionReply(a));
    }

    private static async Task<Answer<RoundChoiceReply>> Apply(RoundChoiceRequest request, HttpContext context, ApplyForRoundByCard apply) =>
        Answer.Created((await apply.Run(context, request.Code)).Then<RoundChoiceReply>(c => RoundChoiceReply.Of(c)));
}
