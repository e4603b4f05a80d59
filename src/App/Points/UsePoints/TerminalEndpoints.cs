using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <param name="MyKeyId">8 letters and digits, as the citizen types them.</param>
/// <param name="Code">お店で使う番号, 6 digits; or else the password.</param>
/// <param name="Password">Where the municipality allows it (<c>spend.password</c>).</param>
public sealed record ShowRequest(string MyKeyId, string? Code = null, string? Password = null);

/// <param name="CitizenToken">Serves one use at this terminal.</param>
/// <param name="ValidMs">5 minutes.</param>
public sealed record ShownReply(string CitizenToken, long ValidMs);

/// <param name="Issuer">Municipality code, 6 digits.</param>
/// <param name="Accepted">Can be used at this terminal.</param>
/// <param name="Ticket">A ticket can be made of it at this terminal.</param>
/// <param name="Voucher">It can become vouchers at this terminal.</param>
/// <param name="Event">Of the points of a support event: its UUID.</param>
public sealed record HoldingReply(string Issuer, string Name, long Usable, bool Accepted, bool Ticket, bool Voucher, Guid? Event);

/// <param name="Note">What the shop says of points beside other vouchers; null: nothing.</param>
public sealed record HoldingsReply(IReadOnlyList<HoldingReply> Holdings, string? Note);

/// <param name="Id">UUID made by the caller.</param>
/// <param name="Receipt">Of the use.</param>
/// <param name="ShopCode">The shop's own number, at a terminal. A machine's key stands for it.</param>
public sealed record CancelRequest(Guid Id, string Receipt, string? ShopCode = null);

/// <param name="Kind"><c>use</c> or <c>cancel</c>; <c>ticket_use</c>, or at the office <c>ticket_issue</c>, <c>ticket_return</c> or <c>voucher</c>.</param>
/// <param name="Amount">Without sign.</param>
/// <param name="Cancelled">This use was given back.</param>
public sealed record TakenReply(string Id, string Receipt, string Kind, string Issuer, long Amount, long TimeMs, bool Cancelled)
{
    public static TakenReply Of(HistoryLine line) => new($"trf_{line.Receipt.Bucket:00}{line.Id.Value:N}", line.Receipt.ToString(), Words<TransferKind>.Of(line.Kind), line.Issuer.Value,
        Math.Abs(line.Change), line.TimeMs, line.Cancelled);
}

/// <summary>The pages of a terminal as calls: who is there, what he holds, a cancel, and what was taken; for a terminal by its cookie, for a shop's own system by its key with <c>uses.write</c>.</summary>
public static class TerminalEndpoints
{
    /// <summary>Carries the citizen's token, so that no address and no log has it.</summary>
    public const string TokenHeader = "Citizen-Token";

    public static void MapTerminalCalls(this WebApplication app)
    {
        app.MapPost("/api/v1/citizen-tokens", Show).RequireRateLimiting(RateLimits.Attempts).Produces<ShownReply>(StatusCodes.Status201Created);
        app.MapGet("/api/v1/holdings", Holdings);
        app.MapGet("/api/v1/transfers/{receipt}", Taken);
        app.MapPost("/api/v1/cancels", Cancel).RequireRateLimiting(RateLimits.Attempts).Produces<TransferReply>(StatusCodes.Status201Created).Produces<TransferReply>();
    }

    private static async Task<Answer<ShownReply>> Show(ShowRequest request, HttpContext context, ShowCitizen show, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var token = (request.Code, request.Password) switch
        {
            ({ } code, null) => await show.ByCode(terminal.Value, request.MyKeyId, code, stop),
            (null, { } password) => await show.ByPassword(terminal.Value, request.MyKeyId, password, stop),
            _ => Refusal.Of("field_required", ("field", "code")),
        };
        return Answer.Created(token.Then<ShownReply>(t => new ShownReply(t, CitizenTokens.LifeMs)));
    }

    private static async Task<Answer<HoldingsReply>> Holdings(HttpContext context, ShowCitizen show, RegistryCache registry, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var held = await show.Holdings(terminal.Value, context.Request.Headers[TokenHeader].FirstOrDefault(), stop);
        var note = terminal.Value.Holder is { } shop ? (await registry.View()).Find(new AcceptorId(shop))?.Note : null;
        return held.Then<HoldingsReply>(rows => new HoldingsReply([.. rows.Select(r =>
            new HoldingReply(r.Purse.Issuer.Value, r.Name, r.Usable.Value, r.Accepted, r.Ticket, r.Voucher, r.Purse.Event?.Value))], note));
    }

    private static async Task<Answer<TakenReply>> Taken(string receipt, HttpContext context, FindTransfer find, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        return (await find.Run(terminal.Value, receipt)).Then<TakenReply>(line => TakenReply.Of(line));
    }

    private static async Task<Answer<TransferReply>> Cancel(CancelRequest request, HttpContext context, OpenShop shop, CancelUse cancel, CancellationToken stop)
    {
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        if (terminal.Value.Actor.Kind == ActorKind.Terminal && (await shop.Check(terminal.Value, request.ShopCode, stop)).Refused is { } wrong) return wrong;
        var posted = await cancel.Run(terminal.Value, new TransferId(request.Id), request.Receipt);
        if (posted.Refused is { } no) return no;
        var reply = TransferReply.Of(posted.Value);
        return posted.Value.Repeated ? reply : Answer.Created<TransferReply>(reply);
    }
}
