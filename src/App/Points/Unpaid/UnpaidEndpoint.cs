using MyKey.App.Budgets;
using MyKey.App.Grants;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Unpaid;

/// <param name="Batch">Of the recipient list; <paramref name="Line"/> of its file.</param>
/// <param name="Reference">The office's own number.</param>
/// <param name="MyKeyId">Masked, or empty.</param>
/// <param name="Code">Why it is not paid yet.</param>
/// <param name="Waits">Its payment waits for another officer.</param>
public sealed record UnpaidReply(Guid Batch, int Line, string Reference, string MyKeyId, string Points, string Code, bool Waits);

/// <param name="Proven">Where the programme asks for a proof.</param>
public sealed record PayRequest(Guid Batch, int Line, string MyKeyId, bool Proven = false);

public sealed record DropRequest(Guid Batch, int Line, string Reason);

/// <summary><c>/api/v1/office/programmes/…/unpaid</c>: who is on a recipient list and not paid yet.</summary>
public static class UnpaidEndpoint
{
    public static void AddUnpaid(this WebApplicationBuilder builder) => builder.Services.AddSingleton<UnpaidLines>();

    public static void MapUnpaid(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/programmes/{id:guid}/unpaid");
        group.MapGet("/", List);
        group.MapPost("/pay", Pay);
        group.MapPost("/drop", Drop);
    }

    /// <param name="afterBatch">With <paramref name="afterLine"/>: the last one of the answer before, of which there were 500.</param>
    private static async Task<Answer<List<UnpaidReply>>> List(Guid id, Guid? afterBatch, int? afterLine, HttpContext context, OfficeProgrammes programmes, UnpaidLines unpaid, CancellationToken stop) =>
        await context.InOffice<List<UnpaidReply>>(async work =>
        {
            if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
            if ((await programmes.One(work, new ProgrammeId(id), stop)).Refused is { } no) return no;
            return (await unpaid.Of(work.Office.Code, new ProgrammeId(id), UnpaidLines.After(afterBatch, afterLine), stop)).Select(u => new UnpaidReply(u.Batch, u.Line, u.Reference, u.ShownId, u.Points, u.Code, u.Waits)).ToList();
        });

    private static async Task<Answer<GrantReply>> Pay(Guid id, PayRequest request, HttpContext context, UnpaidLines unpaid, GrantReceipts receipts, CancellationToken stop) =>
        await context.InOffice<GrantReply>(async work =>
        {
            var paid = await unpaid.Pay(work, new ProgrammeId(id), new PayOrder(request.Batch, request.Line, request.MyKeyId, request.Proven), stop);
            return paid.Refused is { } no ? no : await receipts.Reply(paid.Value);
        });

    private static async Task<Answer<bool>> Drop(Guid id, DropRequest request, HttpContext context, UnpaidLines unpaid, CancellationToken stop) =>
        await context.InOffice(work => unpaid.Drop(work, new ProgrammeId(id), (request.Batch, request.Line), request.Reason, stop));
}
