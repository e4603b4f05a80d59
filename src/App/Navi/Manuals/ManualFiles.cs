using System.Net.Mime;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Navi.Manuals;

/// <summary>The files of the manuals.</summary>
public static class ManualFiles
{
    public const string ArchivePath = "/navi/manuals/all.zip";

    public static readonly NextStep List = new("操作説明書の一覧へ", "/navi/manuals");

    public static void MapManuals(this WebApplication app)
    {
        app.MapGet(ArchivePath, All).RequireRateLimiting(RateLimits.Anonymous).ExcludeFromDescription();
        app.MapGet("/navi/manuals/{key}/pdf", One).RequireRateLimiting(RateLimits.Anonymous).ExcludeFromDescription();
    }

    // A second parameter, for a method of the context alone would be taken for one that answers by itself.
    private static Task<IResult> All(HttpContext context, CancellationToken stop) => Send(context, ManualPdf.Archive(), MediaTypeNames.Application.Zip, ManualPdf.ArchiveName);

    private static Task<IResult> One(string key, HttpContext context) => Manual.Find(key) is { } manual
        ? Send(context, ManualPdf.Of(manual), MediaTypeNames.Application.Pdf, manual.FileName)
        : Send(context, Refusal.Of("not_found"), "", "");

    private static async Task<IResult> Send(HttpContext context, Result<byte[]> file, string type, string name)
    {
        if (file.Ok) return Results.File(file.Value, type, name);
        await context.Refuse(file.Refused!, List);
        return Results.Empty;
    }
}
