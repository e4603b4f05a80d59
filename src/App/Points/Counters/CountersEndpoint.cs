using Microsoft.AspNetCore.Mvc;
using MyKey.App.GrantBatches;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Counters;

/// <param name="Persons">Who have something; <paramref name="Sum"/> of it all.</param>
/// <param name="Granted">Of the persons: whose year has become points.</param>
public sealed record CounterReply(int Year, int Persons, long Sum, int Granted);

/// <param name="Lines">Of the file.</param>
/// <param name="Wrong">Empty: everything was counted. Else nothing was, and these lines are why.</param>
/// <param name="Again">The same file had come before.</param>
public sealed record CountsReply(int Lines, IReadOnlyList<WrongCount> Wrong, bool Again);

/// <param name="Id">UUID made by the caller: the same again corrects once.</param>
/// <param name="Amount">What is added; below 0: taken off.</param>
/// <param name="Reason">Up to 200 characters.</param>
public sealed record CorrectionRequest(Guid Id, string MyKeyId, long Amount, string Reason);

/// <param name="Count">What the person has now.</param>
public sealed record CorrectionReply(long Count);

/// <param name="Gives">What it would give by the programme's table; null while it has none.</param>
/// <param name="NextAt">The next step and what it gives; null at the top.</param>
/// <param name="From">The first day on which it becomes points; null: when the municipality does it.</param>
/// <param name="Granted">It has become points.</param>
public sealed record MyCounterReply(Guid Programme, string Name, string Municipality, int Year, long Count, long? Gives, long? NextAt, long? NextGives, DateOnly? From, bool Granted)
{
    public static MyCounterReply Of(MyCounter c) =>
        new(c.Programme.Id.Value, c.Programme.Name, c.Programme.Municipality.Value, c.Year, c.Count, c.Gives?.Value, c.Next?.Least, c.Next?.Points.Value, c.From, c.Granted);
}

/// <summary><c>/api/v1/office/programmes/…/counter</c>: stamps and hours of a year that become points by the programme's table; <c>/api/v1/my/counters</c>: a citizen's own.</summary>
public static class CountersEndpoint
{
    public static void AddCounters(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<CountRows>().AddSingleton<ChangeCounts>().AddSingleton<ExchangeCounts>().AddSingleton<MyCounters>()
            .AddSingleton(services => new WithRevocation((tx, citizen) => EndCounts(services, tx, citizen)));

    private static async Task EndCounts(IServiceProvider services, Transaction tx, CitizenId citizen)
    {
        if (await services.GetRequiredService<FindCitizen>().PersonKeyOf(tx, citizen) is not { } person) throw new BrokenProperty("a citizen has a certificate", nameof(CountersEndpoint), 0);
        foreach (var (programme, year, count) in await services.GetRequiredService<CountRows>().End(tx, citizen, person))
            await services.GetRequiredService<OperationLog>().Write(tx, new Operation("counter.ended", Actor.Of(citizen), programme.Value, citizen, Before: $"{year} {count}"));
    }

    public static void MapCounters(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/programmes/{id:guid}/counter/{year:int}");
        group.MapGet("", Get);
        group.MapPost("/counts", Counts).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(BatchesEndpoint.MostBytes));
        group.MapPost("/corrections", Correct);
        group.MapPost("/exchange", Exchange).Produces<BatchReply>(StatusCodes.Status201Created).Produces<BatchReply>();
        app.MapGet("/api/v1/my/counters", Mine).RequireRateLimiting(RateLimits.Anonymous);
    }

    private static async Task<Answer<CounterReply>> Get(Guid id, int year, HttpContext context, ChangeCounts change, CountRows counts, CancellationToken stop) =>
        await context.InOffice<CounterReply>(async work =>
        {
            var programme = await change.Programme(work, new ProgrammeId(id), year, stop);
            if (programme.Refused is { } no) return no;
            var all = await counts.All(programme.Value.Id, year, stop);
            return new CounterReply(year, all.Count, all.Sum(c => c.Count), all.Count(c => c.Granted));
        });

    private static async Task<Answer<CountsReply>> Counts(Guid id, int year, HttpContext context, ChangeCounts change, CancellationToken stop) =>
        (await context.InOffice<CountsRead>(async work => await change.File(work, new ProgrammeId(id), year, await context.Request.Bytes(stop), stop)))
            .Then<CountsReply>(r => new CountsReply(r.Lines, r.Wrong, r.Again));

    private static async Task<Answer<CorrectionReply>> Correct(Guid id, int year, CorrectionRequest request, HttpContext context, ChangeCounts change, CancellationToken stop) =>
        (await context.InOffice(work => change.Correct(work, new ProgrammeId(id), year, new CountCorrection(request.Id, request.MyKeyId, request.Amount, request.Reason), stop)))
            .Then<CorrectionReply>(count => new CorrectionReply(count));

    /// <param name="proven">Where the programme asks for a proof: the officer has seen it for everybody.</param>
    private static async Task<Answer<BatchReply>> Exchange(Guid id, int year, bool? proven, HttpContext context, ExchangeCounts exchange, FindBatches find, CancellationToken stop)
    {
        var stored = await context.InOffice(work => exchange.Run(work, new ProgrammeId(id), year, proven == true, stop));
        if (stored.Refused is { } no) return no;
        var reply = await BatchesEndpoint.Reply(find, stored.Value, stop);
        return stored.Value.Stage == BatchStage.Stored ? Answer.Created<BatchReply>(reply) : reply;
    }

    private static async Task<Answer<List<MyCounterReply>>> Mine(HttpContext context, MyCounters counters, CancellationToken stop) =>
        await context.AsCitizen<List<MyCounterReply>>(async citizen => (await counters.Of(citizen.Id, stop)).Select(MyCounterReply.Of).ToList());
}
