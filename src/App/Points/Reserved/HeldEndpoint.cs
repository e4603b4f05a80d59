using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reserved;

/// <param name="Citizen">The inner id; pass it to direct them.</param>
/// <param name="MyKeyId">Null once it is given up.</param>
/// <param name="Reason"><c>no_base</c>, <c>base_closed</c>, <c>suspended</c>, <c>revoked</c>.</param>
/// <param name="Base">Municipality, or null.</param>
/// <param name="LastDay">Of those that wait longest.</param>
public sealed record HeldReply(Guid Citizen, string? MyKeyId, string Reason, long SinceMs, string? Base, long Points, DateOnly LastDay);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Municipality">6 digits.</param>
/// <param name="Reason">1 to 200 characters, no personal data.</param>
public sealed record DirectRequest(Guid Id, string Municipality, string Reason);

public sealed record DirectedReply(Guid Id, string Receipt, string Municipality, long Points);

/// <summary><c>/api/v1/operator/reserved</c>: reserved points past their last day that had nowhere to go (S0-1010f).</summary>
public static class HeldEndpoint
{
    public static void MapHeldReserved(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/operator/reserved");
        group.MapGet("", List);
        group.MapPost("/{citizen:guid}/direct", Direct).Produces<DirectedReply>(StatusCodes.Status201Created).Produces<DirectedReply>();
    }

    private static async Task<Answer<List<HeldReply>>> List(HttpContext context, DirectReserved direct, CancellationToken stop) => await context.AtPlatform<List<HeldReply>>(async _ =>
        (await direct.Waiting(stop)).Select(c => new HeldReply(c.Held.Citizen.Value, c.MyKeyId?.Value, Words<HoldReason>.Of(c.Held.Reason), c.Held.SinceMs, c.Base?.Code.Value, c.Sum.Value, c.Lots[0].LastDay)).ToList());

    private static async Task<Answer<DirectedReply>> Direct(Guid citizen, DirectRequest request, HttpContext context, DirectReserved direct)
    {
        var done = await context.AtPlatform<Posted>(work => direct.Run(work, new DirectOrder(request.Id, new CitizenId(citizen), request.Municipality, request.Reason)));
        var reply = done.Then<DirectedReply>(p => new DirectedReply(p.Id.Value, p.Receipt.ToString(), p.Issuer.Value, p.Amount.Value));
        return done.Ok && !done.Value.Repeated ? Answer.Created(reply) : reply;
    }
}
