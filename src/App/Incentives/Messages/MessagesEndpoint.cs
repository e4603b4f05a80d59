using MyKey.App.Grants;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Messages;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Audience"><c>all</c>, <c>waiting</c>, <c>granted</c>, <c>unclaimed</c> or <c>rejected</c>.</param>
/// <param name="Text">Up to 400 characters; no address but the site's own.</param>
public sealed record MessageRequest(Guid Id, string Audience, string Text);

/// <param name="State"><c>waiting</c> for another officer, <c>sent</c>, <c>withdrawn</c>.</param>
/// <param name="People">How many it is for; never who.</param>
/// <param name="Seen">How many have read it.</param>
public sealed record MessageReply(Guid Id, string Audience, string Text, string State, long People, long Seen, long WrittenMs, long? SentMs)
{
    public static MessageReply Of(Message m) => new(m.Id, Words<Audience>.Of(m.Audience), m.Body, Words<MessageState>.Of(m.State), m.People, m.Seen, m.WrittenMs, m.SentMs);
}

public sealed record MyMessageReply(Guid Id, Guid Application, Guid Programme, string Text, long SentMs, bool Seen);

/// <param name="UntilMs">The <c>sentMs</c> of the newest that was read.</param>
public sealed record MessagesSeen(long UntilMs);

/// <summary><c>/api/v1/office/offers/{id}/messages</c>: what an office tells applicants; <c>/api/v1/my/messages</c>: what came to a citizen.</summary>
public static class MessagesEndpoint
{
    public static void AddMessages(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FindMessages>().AddSingleton<WriteMessage>().AddSingleton<OfficeMessages>().AddSingleton<SeeMessages>().AddSingleton<TellMessages>().AddSingleton<IJob>(s => s.GetRequiredService<TellMessages>());
        builder.Services.AddSingleton<WaitingElsewhere>(s => new(async (work, stop) =>
        {
            var (waiting, offers) = (await s.GetRequiredService<FindMessages>().Waiting(work.Office.Code, stop), (await s.GetRequiredService<FindOffers>().Of(work.Office.Code, stop)).ToDictionary(o => o.Programme));
            return [.. waiting.Select(w => new WaitingThing($"{offers[w.Programme].Texts.Title}のお知らせ", $"{w.Count}件", $"/office/offers/{w.Programme.Value}/messages"))];
        }));
    }

    public static void MapMessages(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/offers/{id:guid}/messages");
        group.MapGet("", List);
        group.MapPost("", Write).Produces<MessageReply>(StatusCodes.Status201Created);
        group.MapPost("/{message:guid}/approve", Approve);
        group.MapPost("/{message:guid}/withdraw", Withdraw);
        var mine = app.MapGroup("/api/v1/my/messages").RequireRateLimiting(RateLimits.Attempts);
        mine.MapGet("", Mine);
        mine.MapPost("/seen", See);
    }

    private static async Task<Answer<List<MessageReply>>> List(Guid id, HttpContext context, OfficeMessages messages, CancellationToken stop) =>
        (await context.InOffice(work => messages.Of(work, new ProgrammeId(id), stop))).Then<List<MessageReply>>(all => all.Select(MessageReply.Of).ToList());

    private static async Task<Answer<MessageReply>> Write(Guid id, MessageRequest request, HttpContext context, WriteMessage write, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => write.Run(work, new WantedMessage(request.Id, new ProgrammeId(id), request.Audience, request.Text), stop))).Then<MessageReply>(m => MessageReply.Of(m)));

    private static async Task<Answer<MessageReply>> Approve(Guid id, Guid message, HttpContext context, OfficeMessages messages, CancellationToken stop) =>
        (await context.InOffice(work => messages.Approve(work, new ProgrammeId(id), message, stop))).Then<MessageReply>(m => MessageReply.Of(m));

    private static async Task<Answer<MessageReply>> Withdraw(Guid id, Guid message, HttpContext context, OfficeMessages messages, CancellationToken stop) =>
        (await context.InOffice(work => messages.Withdraw(work, new ProgrammeId(id), message, stop))).Then<MessageReply>(m => MessageReply.Of(m));

    private static async Task<Answer<List<MyMessageReply>>> Mine(HttpContext context, FindMessages find, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : (await find.Of(citizen.Value.Id, stop)).Select(m => new MyMessageReply(m.Id, m.Application.Value, m.Programme.Value, m.Body, m.SentMs, m.Seen)).ToList();
    }

    private static async Task<Answer<bool>> See(MessagesSeen request, HttpContext context, SeeMessages see, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused is { } nobody ? nobody : await see.Run(citizen.Value.Id, request.UntilMs, stop) > 0;
    }
}
