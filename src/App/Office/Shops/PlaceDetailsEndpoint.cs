using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>What everybody reads of a shop or a library; what is left out is empty.</summary>
/// <param name="OwnNo">The office's own number of the shop, by which a file finds it.</param>
/// <param name="OldNames">With 、 between.</param>
/// <param name="Hours">Lines such as <c>月-金 8:30-17:15</c>.</param>
/// <param name="Web">Its site, https.</param>
/// <param name="Ways">How points are taken: <c>terminal</c>, <c>ticket</c>, <c>online</c>, <c>staff</c>.</param>
/// <param name="From">The first day of a shop; a provider's stands in its registration.</param>
public sealed record PlaceDetailsRequest(string? OwnNo = null, string? Kana = null, string? OldNames = null, string? Address = null, string? Access = null, string? Hours = null, string? Phone = null, string? Web = null,
    IReadOnlyList<string>? Ways = null, DateOnly? From = null)
{
    internal (PlaceEntry, string?) Typed => (new PlaceEntry(Kana, OldNames, Address, Access, Hours, Phone, Web, Ways, From), OwnNo);
}

public sealed record PlaceDetailsReply(Guid Id, string? OwnNo, string Kana, string OldNames, string Address, string Access, string Hours, string Phone, string Web, IReadOnlyList<string> Ways, DateOnly? From)
{
    public static PlaceDetailsReply Of(Place p) => new(p.Id, p.OwnNo, p.Details.Kana, p.Details.OldNames, p.Details.Address, p.Details.Access, p.Details.Hours, p.Details.Phone, p.Details.Web,
        [.. p.Details.TakenBy.Select(Words<TakingWay>.Of)], p.Details.From);
}

/// <param name="Hash">SHA-256 of the file, its name here.</param>
/// <param name="TakenMs">When it was taken in; null: only looked at.</param>
public sealed record ShopFileReply(string Hash, int Lines, int Added, int Changed, int Unchanged, int Refused, long MadeMs, long? TakenMs)
{
    public static ShopFileReply Of(AcceptorFile f) => new(f.Sha256, f.Lines, f.Added, f.Changed, f.Unchanged, f.Refused, f.MadeMs, f.TakenMs);
}

/// <param name="Number">The office's own number of the shop.</param>
/// <param name="Outcome"><c>added</c>, <c>changed</c>, <c>unchanged</c>, <c>refused</c>.</param>
/// <param name="Code">Why it is refused.</param>
/// <param name="Message">The same as a sentence.</param>
public sealed record ShopFileLineReply(int Line, string Number, string Name, string Outcome, string? Code, string? Message)
{
    public static ShopFileLineReply Of(AcceptorFileLine l) => new(l.Line, l.Number, l.Name, Words<ImportOutcome>.Of(l.Outcome), l.Refused?.Code, ShopFilePage.Fault(l));
}

/// <summary>Details of places, and files of shops: the file is the body (<c>text/csv</c>), looked at first, then taken in.</summary>
public static class PlaceDetailsEndpoint
{
    private const int RowsAtOnce = 500;

    public static void AddOfficePlaces(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OfficePlaces>();

    public static void MapOfficePlaces(this WebApplication app)
    {
        app.MapGet("/api/v1/office/places/{id:guid}/details", Get);
        app.MapPut("/api/v1/office/places/{id:guid}/details", Save);
        var files = app.MapGroup("/api/v1/office/acceptor-files");
        files.MapGet("", Files);
        files.MapPost("", Look).Accepts<byte[]>("text/csv").WithMetadata(new RequestSizeLimitAttribute(ImportAcceptors.MostBytes)).Produces<ShopFileReply>(StatusCodes.Status201Created);
        files.MapGet("/{hash:length(64)}/rows", Rows);
        files.MapPost("/{hash:length(64)}/take-in", Take);
    }

    private static async Task<Answer<PlaceDetailsReply>> Get(Guid id, HttpContext context, OfficePlaces details, CancellationToken stop) =>
        (await context.InOffice(work => details.Get(work, id, stop))).Then<PlaceDetailsReply>(p => PlaceDetailsReply.Of(p));

    private static async Task<Answer<PlaceDetailsReply>> Save(Guid id, PlaceDetailsRequest request, HttpContext context, OfficePlaces details, CancellationToken stop) =>
        (await context.InOffice(work => details.Save(work, id, request.Typed, stop))).Then<PlaceDetailsReply>(p => PlaceDetailsReply.Of(p));

    private static async Task<Answer<ShopFileReply[]>> Files(HttpContext context, OfficePlaces details, CancellationToken stop) =>
        (await context.InOffice(work => details.Files(work, stop))).Then<ShopFileReply[]>(all => all.Select(ShopFileReply.Of).ToArray());

    private static async Task<Answer<ShopFileReply>> Look(HttpContext context, OfficePlaces details, CancellationToken stop) =>
        Answer.Created((await context.InOffice<AcceptorFile>(async work => await details.Look(work, await context.Request.Bytes(stop), stop))).Then<ShopFileReply>(f => ShopFileReply.Of(f)));

    /// <param name="after">The last line that was read; up to 500 follow.</param>
    private static async Task<Answer<ShopFileLineReply[]>> Rows(string hash, int? after, HttpContext context, OfficePlaces details, CancellationToken stop) =>
        (await context.InOffice(work => details.One(work, hash, stop))).Then<ShopFileLineReply[]>(f => f.Lines.Where(l => l.Line > (after ?? 0)).Take(RowsAtOnce).Select(ShopFileLineReply.Of).ToArray());

    private static async Task<Answer<ShopFileReply>> Take(string hash, HttpContext context, OfficePlaces details, CancellationToken stop) =>
        (await context.InOffice(work => details.Take(work, hash, stop))).Then<ShopFileReply>(f => ShopFileReply.Of(f));
}
