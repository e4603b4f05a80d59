using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Eligible;

/// <param name="State"><c>stored</c>: it does not count yet; <c>active</c>; <c>replaced</c>.</param>
/// <param name="Good">Lines that name somebody.</param>
public sealed record EligibleReply(Guid Id, string State, int Lines, int Good);

/// <param name="Persons">Who may get something, over all lists that count.</param>
public sealed record EligibleListsReply(int Persons, IReadOnlyList<EligibleReply> Lists);

/// <param name="Code">What is wrong with the line.</param>
public sealed record EligibleFaultReply(int Line, string MyKeyId, string Code);

/// <param name="Replace">In place of the lists that count, or beside them.</param>
public sealed record EligibleRequest(bool Replace);

/// <summary><c>/api/v1/office/programmes/…/eligible</c>: whose MyKeyIds may get something; the file is the body (<c>text/csv</c>), its one column マイキーID.</summary>
public static class EligibleEndpoint
{
    private const int FaultsAtOnce = 500;

    public static void AddEligible(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<FindEligible>().AddSingleton<StoreEligible>();

    public static void MapEligible(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/programmes/{id:guid}/eligible");
        group.MapGet("/", List);
        group.MapPost("/", Store).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(BatchesEndpoint.MostBytes)).Produces<EligibleReply>(StatusCodes.Status201Created);
        group.MapGet("/{list:guid}/faults", Faults);
        group.MapPost("/{list:guid}/apply", Apply);
    }

    private static async Task<Answer<EligibleListsReply>> List(Guid id, HttpContext context, OfficeProgrammes programmes, FindEligible find, CancellationToken stop) =>
        await Reading<EligibleListsReply>(context, id, programmes, async programme => new EligibleListsReply(await find.Count(programme, stop), [.. (await find.Of(programme, stop)).Select(Reply)]));

    private static async Task<Answer<EligibleReply>> Store(Guid id, HttpContext context, StoreEligible store, CancellationToken stop) =>
        Answer.Created(await context.InOffice(async work => (await store.Store(work, new ProgrammeId(id), await context.Request.Bytes(stop), stop)).Then<EligibleReply>(l => Reply(l))));

    /// <param name="after">The last line that was read; up to 500 follow.</param>
    private static async Task<Answer<List<EligibleFaultReply>>> Faults(Guid id, Guid list, int? after, HttpContext context, OfficeProgrammes programmes, FindEligible find, CancellationToken stop) =>
        await Reading<List<EligibleFaultReply>>(context, id, programmes, async programme => await find.One(programme, list, stop) is null ? Refusal.Of("not_found")
            : (await find.Faults(list, after ?? 0, FaultsAtOnce, stop)).Select(f => new EligibleFaultReply(f.Line, f.ShownId, f.Code)).ToList());

    private static async Task<Answer<EligibleReply>> Apply(Guid id, Guid list, EligibleRequest request, HttpContext context, StoreEligible store, CancellationToken stop) =>
        (await context.InOffice(work => store.Apply(work, new ProgrammeId(id), list, request.Replace, stop))).Then<EligibleReply>(l => Reply(l));

    private static Task<Result<T>> Reading<T>(HttpContext context, Guid id, OfficeProgrammes programmes, Func<ProgrammeId, Task<Result<T>>> call) => context.InOffice<T>(async work =>
    {
        if (!work.Require(Role.Officer).Ok && !work.Require(Role.Approver).Ok) return Refusal.Of("role_forbidden");
        return (await programmes.One(work, new ProgrammeId(id))).Refused is { } no ? no : await call(new ProgrammeId(id));
    });

    private static EligibleReply Reply(EligibleList list) => new(list.Id, Words<EligibleState>.Of(list.State), list.Lines, list.Good);
}
