using System.Net.Mime;
using MyKey.App.Applications;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Reports;

public sealed record CountReply(long Count, long Points);

public sealed record DayCountReply(DateOnly Day, long Count);

public sealed record ServiceCountReply(Guid Service, string Name, long Count, long Points);

/// <param name="States">How many applications stand where.</param>
/// <param name="Granted">Out of applications.</param>
/// <param name="ToReceive">Granted, not received yet; <paramref name="Soon"/> is the part of it that lapses within 30 days.</param>
/// <param name="AddsUp">false: rows and ledger differ, and somebody has to look.</param>
public sealed record FiguresReply(Guid Id, string Title, IReadOnlyList<DayCountReply> Days, IReadOnlyDictionary<string, long> States, CountReply Granted, CountReply ToReceive, CountReply Soon, CountReply Lapsed,
    CountReply Municipal, IReadOnlyList<ServiceCountReply> Services, CountReply Void, CountReply Recalled, long Budget, long BudgetRest, bool AddsUp)
{
    public static FiguresReply Of(OfferFigures f, IReadOnlyDictionary<PaymentServiceId, string> names) => new(f.Offer.Programme.Value, f.Offer.Texts.Title, [.. f.ByDay.Select(d => new DayCountReply(d.Day, d.Count))],
        f.States.ToDictionary(s => Words<ApplicationState>.Of(s.Key), s => s.Value), Of(f.Granted), Of(f.ToReceive), Of(f.Soon), Of(f.Lapsed), Of(f.Of(EntitlementEnd.Municipal)),
        [.. f.Services.Select(s => new ServiceCountReply(s.Service.Value, names.GetValueOrDefault(s.Service, ""), s.Sum.Count, s.Sum.Points))], Of(f.Of(EntitlementEnd.Void)), Of(f.Of(EntitlementEnd.Recalled)),
        f.Budget.Total.Value, f.Budget.Rest.Value, f.AddsUp);

    private static CountReply Of(Sum sum) => new(sum.Count, sum.Points);
}

/// <param name="MyKeyId">As screens show it; null where the person did not apply.</param>
public sealed record LapsedReply(string? MyKeyId, long Points, DateOnly Day);

/// <param name="More">There is a next page.</param>
public sealed record LapsedPageReply(IReadOnlyList<LapsedReply> Lapsed, bool More);

/// <summary><c>/api/v1/office/offers/figures</c> and <c>…/{id}/figures</c>: how offers stand, as numbers; the lapse list; the file.</summary>
public static class FiguresEndpoint
{
    public static void AddReports(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ProgrammeReading>().AddSingleton<ReadFigures>().AddSingleton<ExportApplications>();

    public static void MapReports(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/offers");
        group.MapGet("/figures", All);
        group.MapGet("/{id:guid}/figures", One);
        group.MapGet("/{id:guid}/lapsed", Lapsed);
        group.MapGet("/{id:guid}/applications.csv", Csv).Produces<string>(contentType: MediaTypeNames.Text.Csv);
    }

    private static async Task<Answer<List<FiguresReply>>> All(HttpContext context, ReadFigures figures, FindPaymentServices services, CancellationToken stop)
    {
        var names = await Names(services, stop);
        return (await context.InOffice(work => figures.All(work, stop))).Then<List<FiguresReply>>(all => all.Select(f => FiguresReply.Of(f, names)).ToList());
    }

    private static async Task<Answer<FiguresReply>> One(Guid id, HttpContext context, ReadFigures figures, FindPaymentServices services, CancellationToken stop)
    {
        var names = await Names(services, stop);
        return (await context.InOffice(work => figures.One(work, new ProgrammeId(id), stop))).Then<FiguresReply>(f => FiguresReply.Of(f, names));
    }

    private static async Task<Answer<LapsedPageReply>> Lapsed(Guid id, int? page, HttpContext context, ReadFigures figures, CancellationToken stop) =>
        (await context.InOffice(work => figures.Lapsed(work, new ProgrammeId(id), page ?? 1, stop)))
            .Then<LapsedPageReply>(l => new LapsedPageReply([.. l.Lines.Select(x => new LapsedReply(x.ShownId, x.Amount.Value, x.Day))], l.More));

    private static async Task<IResult> Csv(Guid id, HttpContext context, ExportApplications export, CancellationToken stop)
    {
        var file = await context.InOffice(work => export.Begin(work, new ProgrammeId(id), stop));
        return file.Ok ? Results.Stream(to => file.Value.Write(to, stop), ApplicationsFile.ContentType, "applications.csv") : (Answer<string>)file.Refused!;
    }

    private static async Task<IReadOnlyDictionary<PaymentServiceId, string>> Names(FindPaymentServices services, CancellationToken stop) => (await services.All(stop)).ToDictionary(s => s.Id, s => s.Name);
}
