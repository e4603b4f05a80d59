using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <param name="Desk">6 digits of the municipality whose office said it; null: the operators.</param>
public sealed record CaseAnswerReply(string? Desk, string Said, long SaidMs);

/// <summary>A case with the line that it is about, or a question with its topic. Nothing leads from it to a person.</summary>
/// <param name="Number">9 digits, the last of which checks the others.</param>
/// <param name="State"><c>open</c>, <c>answered</c> or <c>closed</c>.</param>
/// <param name="Desk">6 digits of the municipality whose office looks after it; null: the operators.</param>
/// <param name="History">Which one the line stands in: 6 digits, 6 digits and an event, or <c>reserved</c>; null of a question, as all that tells of the line.</param>
/// <param name="What">What the row says happened, and where.</param>
/// <param name="Way"><c>in</c>, <c>out</c>, or <c>inside</c> a ticket or pledge.</param>
/// <param name="Said">What the citizen adds, or asks.</param>
/// <param name="Topic">What a question is about: <c>misuse</c>, <c>points</c>, <c>shops</c>, <c>login</c>, <c>id</c>, <c>site</c> or <c>other</c>; null where there is a line.</param>
public sealed record CaseReply(string Number, string State, string? Desk, string? History, string? Receipt, long? TimeMs, string? Points, string? What, string? More, string? Way, long? Amount, string? Said, string OpenedBy,
    long OpenedMs, long? ClosedMs, IReadOnlyList<CaseAnswerReply> Answers, string? Topic)
{
    public static CaseReply Of(Case c, IReadOnlyList<CaseAnswer> answers)
    {
        var line = c.Line;
        return new(c.Number.Digits, Words<CaseState>.Of(c.State), c.Desk?.Value, line?.History, line?.Receipt, line?.TimeMs, line?.Points, line?.What, line?.More, line is null ? null : Words<CaseWay>.Of(line.Way), line?.Amount.Value,
            c.Said, Words<CaseSide>.Of(c.OpenedBy), c.OpenedMs, c.ClosedMs, [.. answers.Select(a => new CaseAnswerReply(a.Desk?.Value, a.Said, a.SaidMs))], c.Topic is { } topic ? Words<QuestionTopic>.Of(topic) : null);
    }
}

/// <param name="Municipality">6 digits.</param>
public sealed record QuestionDeskReply(string Municipality, string Name);

/// <param name="Id">UUID made by the caller; repeated it answers again.</param>
/// <param name="History">A municipality's 6 digits; with a point and the event's id (32 hexadecimal digits); or <c>reserved</c>.</param>
/// <param name="Receipt">Of the line.</param>
/// <param name="Said">A sentence, up to 200 characters; may be left out.</param>
public sealed record CaseRequest(Guid Id, string History, string Receipt, string? Said = null);

/// <param name="MyKeyId">Of the person at the desk.</param>
public sealed record DeskCaseRequest(Guid Id, string MyKeyId, string History, string Receipt, string? Said = null);

/// <param name="Receipt">The number on the receipt; else the day.</param>
public sealed record CaseLinesRequest(string MyKeyId, string? Receipt = null, DateOnly? Day = null);

public sealed record CaseLineReply(string History, string Receipt, long TimeMs, string Points, string What, string Way, long Amount);

/// <param name="Id">UUID made by the caller; repeated it is said once.</param>
/// <param name="Said">Up to 300 characters; the citizen reads it.</param>
public sealed record CaseAnswerRequest(Guid Id, string Said);

/// <summary><c>/api/v1/my/cases</c>, <c>/api/v1/office/cases</c>, <c>/api/v1/operator/cases</c>: lines of a history that somebody does not recognise, and questions.</summary>
public static class CasesEndpoint
{
    public static void AddCases(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CaseLines>().AddSingleton<FindCases>().AddSingleton<OpenCase>().AddSingleton<AskDesk>().AddSingleton<AnswerCase>().AddSingleton<CasesAtDesk>().AddSingleton<CaseReplies>();
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 27, "問い合わせ", "/office/cases", Role.Officer, Role.SupportDesk));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 27, "問い合わせ", "/operator/cases"));
    }

    public static void MapCases(this WebApplication app)
    {
        var my = app.MapGroup("/api/v1/my/cases").RequireRateLimiting(RateLimits.Anonymous);
        my.MapGet("", Mine);
        my.MapPost("", Open).Produces<CaseReply>(StatusCodes.Status201Created).Produces<CaseReply>();
        my.MapPost("/{number}/close", TakeBack);
        my.MapGet("/desks", Desks);
        my.MapPost("/questions", Ask).Produces<CaseReply>(StatusCodes.Status201Created).Produces<CaseReply>();
        var office = app.MapGroup("/api/v1/office/cases");
        office.MapGet("", (HttpContext context, FindCases find, CaseReplies replies, CancellationToken stop) => List(StaffDoor.Office, context, find, replies, stop));
        office.MapPost("", OpenAtDesk).Produces<CaseReply>(StatusCodes.Status201Created).Produces<CaseReply>();
        office.MapPost("/lines", Lines);
        office.MapPost("/{number}/pass-on", (string number, HttpContext context, AnswerCase cases, CaseReplies replies, CancellationToken stop) =>
            At(StaffDoor.Office, context, replies, work => cases.PassOn(work, number, stop), stop));
        MapDesk(office, StaffDoor.Office);
        var platform = app.MapGroup("/api/v1/operator/cases");
        platform.MapGet("", (HttpContext context, FindCases find, CaseReplies replies, CancellationToken stop) => List(StaffDoor.Operator, context, find, replies, stop));
        MapDesk(platform, StaffDoor.Operator);
    }

    private static void MapDesk(RouteGroupBuilder group, StaffDoor door)
    {
        group.MapGet("/{number}", (string number, HttpContext context, AnswerCase cases, CaseReplies replies, CancellationToken stop) => At(door, context, replies, work => cases.Look(work, number, stop), stop));
        group.MapPost("/{number}/answers", (string number, CaseAnswerRequest request, HttpContext context, AnswerCase cases, CaseReplies replies, CancellationToken stop) =>
            At(door, context, replies, work => cases.Answer(work, number, request.Id, request.Said, stop), stop));
        group.MapPost("/{number}/close", (string number, HttpContext context, AnswerCase cases, CaseReplies replies, CancellationToken stop) => At(door, context, replies, work => cases.Close(work, number, stop), stop));
    }

    private static async Task<Answer<List<CaseReply>>> Mine(HttpContext context, FindCases find, CaseReplies replies, CancellationToken stop) =>
        await context.AsCitizen<List<CaseReply>>(async citizen => await replies.Of(await find.Of(citizen.Id, stop), stop));

    private static async Task<Answer<CaseReply>> Open(CaseRequest request, HttpContext context, OpenCase open, CaseReplies replies, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var opened = await open.Run(citizen.Value, new WantedCase(request.Id, request.History, request.Receipt, request.Said), Actor.Of(citizen.Value.Id), stop);
        return await replies.Opened(opened, stop);
    }

    private static async Task<Answer<List<QuestionDeskReply>>> Desks(HttpContext context, AskDesk ask, CancellationToken stop) => await context.AsCitizen<List<QuestionDeskReply>>(async citizen =>
        (await ask.Desks(citizen, stop)).Select(m => new QuestionDeskReply(m.Code.Value, m.FullName)).ToList());

    private static async Task<Answer<CaseReply>> Ask(WantedQuestion request, HttpContext context, AskDesk ask, CaseReplies replies, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : await replies.Opened(await ask.Run(citizen.Value, request, stop), stop);
    }

    private static async Task<Answer<CaseReply>> TakeBack(string number, HttpContext context, AnswerCase cases, CaseReplies replies, CancellationToken stop) => await context.AsCitizen<CaseReply>(async citizen =>
    {
        var taken = await cases.TakeBack(citizen.Id, number, stop);
        return taken.Refused is { } no ? no : await replies.Of(taken.Value, stop);
    });

    private static async Task<Answer<CaseReply>> OpenAtDesk(DeskCaseRequest request, HttpContext context, CasesAtDesk desk, CaseReplies replies, CancellationToken stop) =>
        await replies.Opened(await context.InOffice(work => desk.Open(work, request.MyKeyId, new WantedCase(request.Id, request.History, request.Receipt, request.Said), stop)), stop);

    private static async Task<Answer<List<CaseLineReply>>> Lines(CaseLinesRequest request, HttpContext context, CasesAtDesk desk, CancellationToken stop) =>
        (await context.InOffice(work => desk.Seek(work, request.MyKeyId, request.Receipt, request.Day, stop))).Then<List<CaseLineReply>>(sought =>
            sought.Lines.Select(l => new CaseLineReply(l.History, l.Row.Receipt, l.Row.TimeMs, l.Points, l.Row.What, Words<CaseWay>.Of(l.Way), l.Amount.Value)).ToList());

    private static async Task<Answer<List<CaseReply>>> List(StaffDoor door, HttpContext context, FindCases find, CaseReplies replies, CancellationToken stop) => await context.At<List<CaseReply>>(door, async work =>
        AnswerCase.Require(work).Refused is { } no ? no : await replies.Of(await find.At(work.Town?.Code, stop), stop));

    private static async Task<Answer<CaseReply>> At(StaffDoor door, HttpContext context, CaseReplies replies, Func<StaffAtWork, Task<Result<Case>>> call, CancellationToken stop)
    {
        var done = await context.At(door, call);
        return done.Refused is { } no ? no : await replies.Of(done.Value, stop);
    }
}

/// <summary>Cases with their answers.</summary>
public sealed class CaseReplies(FindCases find)
{
    public async Task<CaseReply> Of(Case one, CancellationToken stop) => CaseReply.Of(one, await find.Answers(one, stop));

    public async Task<List<CaseReply>> Of(IReadOnlyList<Case> cases, CancellationToken stop)
    {
        var replies = new List<CaseReply>();
        foreach (var one in cases) replies.Add(await Of(one, stop));
        return replies;
    }

    internal async Task<Answer<CaseReply>> Opened(Result<OpenedCase> opened, CancellationToken stop)
    {
        if (opened.Refused is { } no) return no;
        var reply = await Of(opened.Value.Case, stop);
        return opened.Value.Repeated ? reply : Answer.Created<CaseReply>(reply);
    }
}
