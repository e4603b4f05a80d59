using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <param name="Id">UUID made by the caller; an Idempotency-Key header, if sent, must equal it.</param>
/// <param name="CitizenToken">From a tap, a code or a signature at this terminal.</param>
/// <param name="Issuer">Municipality code of the points, 6 digits.</param>
/// <param name="Amount">Points, from 1.</param>
/// <param name="Event">Of the points of a support event of that municipality: its UUID.</param>
public sealed record UseRequest(Guid Id, string CitizenToken, string Issuer, long Amount, Guid? Event = null);

/// <param name="Id"><c>trf_</c>, the bucket in 2 digits, the UUID.</param>
/// <param name="Receipt">The number on the receipt, e.g. <c>04-7K2M-9QXD-3</c>.</param>
/// <param name="BalanceAfter">What the citizen can still use of this issuer's points.</param>
/// <param name="TimeMs">Milliseconds since the Unix epoch, UTC.</param>
public sealed record TransferReply(string Id, string Receipt, string Issuer, long Amount, long BalanceAfter, long TimeMs)
{
    public static TransferReply Of(Posted posted) => new($"trf_{posted.Receipt.Bucket:00}{posted.Id.Value:N}", posted.Receipt.ToString(), posted.Issuer.Value,
        posted.Amount.Value, posted.BalanceAfter.Value, posted.TimeMs);
}

/// <summary><c>POST /api/v1/uses</c>: 201 the first time, 200 with the same body on a repeat, problem details else (decision 7).</summary>
public static class UsePointsEndpoint
{
    public static void AddUsePoints(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<Spending>().AddSingleton<PasswordSum>().AddSingleton<UsePoints>().AddSingleton<CancelUse>().AddSingleton<FindReturnRule>().AddSingleton<FindTransfer>().AddSingleton<ShowCitizen>().AddSingleton<AuditUses>().AddSingleton(services => new RowAuditPart("tokens", Nightly: true, stop => services.GetRequiredService<AuditUses>().Run(stop)))
        .AddSingleton<CardAtTerminal>().AddSingleton(services => new TerminalCardReturn(services.GetRequiredService<CardAtTerminal>().Answered, CardAtTerminal.Ended));

    public static void MapUsePoints(this WebApplication app)
    {
        app.MapPost("/api/v1/uses", Post).Produces<TransferReply>(StatusCodes.Status201Created).Produces<TransferReply>();
        app.MapTerminalCalls();
    }

    private static async Task<Answer<TransferReply>> Post(UseRequest request, HttpContext context, UsePoints usePoints, CancellationToken stop)
    {
        if (context.Request.Headers["Idempotency-Key"].FirstOrDefault() is { } key && (!Guid.TryParse(key, out var same) || same != request.Id)) return Refusal.Of("id_reused");
        var terminal = await context.Till(stop);
        if (terminal.Refused is { } unknown) return unknown;
        var posted = await usePoints.Run(terminal.Value, new UseOrder(new TransferId(request.Id), request.CitizenToken, request.Event is { } supported ? $"{request.Issuer}.{supported:N}" : request.Issuer, request.Amount), stop);
        if (posted.Refused is { } no) return no;
        var reply = TransferReply.Of(posted.Value);
        return posted.Value.Repeated ? reply : Answer.Created<TransferReply>(reply);
    }
}
