using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Kernel;

namespace MyKey.App.National;

/// <summary>What earned a premium, or was undone. Amounts only: any further field is refused (S3-20).</summary>
/// <param name="EventId">The service's own, 1 to 64 printable ASCII characters; the same again answers again.</param>
/// <param name="Kind"><c>charge</c>, <c>purchase</c>, or <c>return</c> of an earlier one.</param>
/// <param name="At">A day (yyyy-MM-dd) or an instant with its offset; only the day is kept.</param>
/// <param name="Amount">Yen; left out for a return.</param>
/// <param name="Number">What the member knows the account by; or <paramref name="Account"/>, the service's own word for it.</param>
/// <param name="Reverses">Of a return: the event that it undoes, as a whole.</param>
public sealed record PremiumRequest(string EventId, string Kind, string At, long? Amount = null, string? Number = null, string? Account = null, string? Reverses = null)
{
    internal SaidEvent Said(int line) => new(line, EventId, Number, Account, Kind, Amount?.ToString(CultureInfo.InvariantCulture), At, Reverses);

    public override string ToString() => EventId;
}

/// <param name="Events">1 to 1,000.</param>
public sealed record PremiumsRequest(IReadOnlyList<PremiumRequest> Events);

/// <param name="Premium">Ordered of it; of a return what is taken back, below 0.</param>
/// <param name="Earned">By the rate.</param>
/// <param name="Reason">Why the premium is less: <c>cap_reached</c>, <c>budget_exhausted</c>; why the event was refused.</param>
/// <param name="State"><c>done</c>; <c>back</c>: a return has taken it back; <c>refused</c>.</param>
public sealed record PremiumReply(string EventId, string State, long Premium, long Earned, string? Reason)
{
    public static PremiumReply Of(PremiumEvent e) => new(e.Id, Words<PremiumState>.Of(e.State), e.Given, e.Earned, e.Code);

    internal static PremiumReply Of(TakenEvent t) => t.Event is { } taken ? Of(taken) : new(t.EventId, "refused", 0, 0, t.No!.Code);
}

/// <param name="State"><c>receiving</c>, <c>looked</c>: nothing is posted yet, <c>posting</c>, <c>done</c>, <c>refused</c>.</param>
/// <param name="PostedLine">The last line that has its answer.</param>
public sealed record PremiumFileReply(string Hash, string State, int Lines, int Good, int Refused, int PostedLine, long MadeMs)
{
    public static PremiumFileReply Of(PremiumFile f) => new(f.Sha256, Words<PremiumFileState>.Of(f.State), f.Lines, f.Good, f.Lines - f.Good, f.PostedLine, f.MadeMs);
}

public sealed record RefusedLineReply(int Line, string EventId, string Code);

/// <param name="Line">Pass the last one as <c>after</c>.</param>
public sealed record PremiumLineReply(int Line, string EventId, string State, long Premium, long Earned, string? Reason);

/// <summary>What a payment service's own system does with its key (<c>premiums.write</c>): docs/payment-service-interface.md.</summary>
public static class PremiumsEndpoint
{
    public const long MostBytes = 256 * 1024 * 1024;

    public static void MapPremiums(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/payment-service");
        group.MapPost("/premiums", One).Produces<PremiumReply>(StatusCodes.Status201Created);
        group.MapPost("/premiums/batch", Some);
        group.MapPut("/premium-files/{hash:length(64)}", Store).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapPost("/premium-files/{hash:length(64)}/post", Post);
        group.MapGet("/premium-files/{hash:length(64)}", Get);
        group.MapGet("/premium-files/{hash:length(64)}/refused", Refused);
        group.MapGet("/premium-files/{hash:length(64)}/lines", Lines);
    }

    internal static async Task<Result<T>> By<T>(HttpContext context, PaymentServiceKeys keys, Func<(Machine Machine, PaymentService Service), Task<Result<T>>> call)
    {
        var machine = await context.Machine();
        if (machine.Refused is { } nobody) return nobody;
        var service = await keys.Of(context, context.RequestAborted, MachineScopes.PremiumsWrite);
        return service.Refused is { } no ? no : await call((machine.Value, service.Value));
    }

    private static async Task<Answer<PremiumReply>> One(PremiumRequest request, HttpContext context, PaymentServiceKeys keys, TakePremiums take, CancellationToken stop) =>
        Answer.Created(await By<PremiumReply>(context, keys, async by =>
        {
            var taken = await take.Run(by.Service.Id, [request.Said(1)], Actor.Of(by.Machine.Id), stop);
            if (taken.Refused is { } no) return no;
            return taken.Value[0].No is { } refused ? refused : PremiumReply.Of(taken.Value[0]);
        }));

    /// <summary>Each by itself: some may be refused and others taken.</summary>
    private static async Task<Answer<List<PremiumReply>>> Some(PremiumsRequest request, HttpContext context, PaymentServiceKeys keys, TakePremiums take, CancellationToken stop) =>
        await By<List<PremiumReply>>(context, keys, async by =>
        {
            if (request.Events is not { Count: > 0 } events) return Refusal.Of("field_required", ("field", "events"));
            return (await take.Run(by.Service.Id, [.. events.Select((e, at) => e.Said(at + 1))], Actor.Of(by.Machine.Id), stop)).Then<List<PremiumReply>>(t => t.Select(PremiumReply.Of).ToList());
        });

    /// <summary>The file is the body; a broken-off one is sent again whole and goes on where it was.</summary>
    private static async Task<Answer<PremiumFileReply>> Store(string hash, HttpContext context, PaymentServiceKeys keys, StorePremiumFile store, CancellationToken stop) =>
        await By<PremiumFileReply>(context, keys, async by => (await store.Run(by, hash, context.Request.Body, stop)).Then<PremiumFileReply>(f => PremiumFileReply.Of(f)));

    private static async Task<Answer<PremiumFileReply>> Post(string hash, HttpContext context, PaymentServiceKeys keys, PostPremiumFiles files, CancellationToken stop) =>
        await By<PremiumFileReply>(context, keys, async by => (await files.Begin(by, hash, stop)).Then<PremiumFileReply>(f => PremiumFileReply.Of(f)));

    private static async Task<Answer<PremiumFileReply>> Get(string hash, HttpContext context, PaymentServiceKeys keys, FindPremiumFiles find, CancellationToken stop) =>
        await By<PremiumFileReply>(context, keys, async by => await find.One(by.Service.Id, hash, stop) is { } file ? PremiumFileReply.Of(file) : Refusal.Of("not_found"));

    /// <param name="after">The last line that was read; up to 1,000 follow.</param>
    private static async Task<Answer<List<RefusedLineReply>>> Refused(string hash, int? after, HttpContext context, PaymentServiceKeys keys, FindPremiumFiles find, CancellationToken stop) =>
        await By<List<RefusedLineReply>>(context, keys, async by => await find.One(by.Service.Id, hash, stop) is { } file
            ? (await find.Refused(file, after ?? 0, stop)).Select(r => new RefusedLineReply(r.Line, r.Event, r.Code)).ToList() : Refusal.Of("not_found"));

    /// <param name="after">The last line that was read; up to 1,000 follow.</param>
    private static async Task<Answer<List<PremiumLineReply>>> Lines(string hash, int? after, HttpContext context, PaymentServiceKeys keys, FindPremiumFiles find, PremiumRows rows, CancellationToken stop) =>
        await By<List<PremiumLineReply>>(context, keys, async by => await find.One(by.Service.Id, hash, stop) is { } file
            ? (await rows.OfFile(file, Math.Max(0, after ?? 0), FindPremiumFiles.LinesAtOnce, stop)).Select(e => new PremiumLineReply(e.Line, e.Id, Words<PremiumState>.Of(e.State), e.Given, e.Earned, e.Code)).ToList() : Refusal.Of("not_found"));
}
