using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using MyKey.App.Shared.Pdf;
using MyKey.Kernel;

namespace MyKey.App.Navi.Manuals;

/// <summary>The manuals as files: a PDF each, and one archive of all. They change with the program only, so each is drawn once.</summary>
public static class ManualPdf
{
    public const string ArchiveName = "mykey-manuals.zip";

    private const double Gap = 2, Indent = 7, Letters = 11;

    // One moment for all, so that the archive of one version is always the same.
    private static readonly DateTimeOffset Moment = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (double Width, double Height, double Margin) A4 = (210, 297, 20);

    private static readonly ConcurrentDictionary<string, byte[]> Drawn = new();

    private static readonly Lazy<byte[]> Whole = new(Zip);

    /// <returns>The PDF; or <c>pdf_unavailable</c>.</returns>
    public static Result<byte[]> Of(Manual manual) => PdfSheet.CanDraw ? Drawn.GetOrAdd(manual.Key, _ => Draw(manual)) : Refusal.Of("pdf_unavailable");

    /// <returns>The archive; or <c>pdf_unavailable</c>.</returns>
    public static Result<byte[]> Archive() => PdfSheet.CanDraw ? Whole.Value : Refusal.Of("pdf_unavailable");

    private static byte[] Draw(Manual manual) => PdfSheet.Draw(manual.Title, A4, sheet =>
    {
        sheet.Foot = manual.Title;
        sheet.Flow(manual.Title, 20, bold: true);
        sheet.Space(Gap);
        sheet.Flow(manual.About, Letters);
        sheet.Space(Gap);
        sheet.Rule();
        foreach (var chapter in manual.Chapters) Draw(sheet, chapter);
    }).Value;

    private static void Draw(PdfSheet sheet, ManualChapter chapter)
    {
        sheet.Space(3 * Gap);
        sheet.Keep(30);
        sheet.Flow(string.Create(CultureInfo.InvariantCulture, $"{chapter.Number}　{chapter.Title}"), 15, bold: true);
        sheet.Space(Gap);
        var step = 0;
        foreach (var line in chapter.Lines)
        {
            var mark = line.Kind switch { ManualLineKind.Step => string.Create(CultureInfo.InvariantCulture, $"{++step}."), ManualLineKind.Point => "・", _ => "" };
            sheet.Flow(line.Text, Letters, mark.Length == 0 ? 0 : Indent, mark);
            sheet.Space(Gap);
        }
    }

    private static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var manual in Manual.All)
            {
                var entry = zip.CreateEntry(manual.FileName);
                entry.LastWriteTime = Moment;
                using var file = entry.Open();
                file.Write(Of(manual).Value);
            }
        }
        return bytes.ToArray();
    }
}
