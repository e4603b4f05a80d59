using System.Globalization;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Pdf;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>The sheet of a ticket as PDF: the same elements as the page that is printed (<c>_Face.cshtml</c>), drawn here, so that no browser is needed (S2-P7f).</summary>
public static class TicketPdf
{
    private const double Gap = 2, Seal = 20, Code = 24;

    private static (double Width, double Height, double Margin) Paper(string size) => size switch { "roll58" => (58, 0, 3), "a6" => (105, 148, 8), _ => (80, 0, 4) };

    /// <returns>The PDF; or <c>pdf_unavailable</c>.</returns>
    public static Result<byte[]> Draw(TicketFace face) => PdfSheet.Draw($"ポイント券 {face.Ticket.Number}", Paper(face.Size), sheet =>
    {
        var ticket = face.Ticket;
        sheet.Text("★★★ポイント券★★★", face.Size == "roll58" ? 12 : 15, Align.Center, bold: true);
        sheet.Space(Gap);
        sheet.Rule();
        sheet.Text(face.PointName, 11, Align.Center);
        sheet.Text($"{Words.Digits(ticket.Amount.Value)} ポイント", 20, Align.Center, bold: true);
        sheet.Rule();
        sheet.Space(Gap);
        sheet.Pair("発券番号", ticket.Number.ToString(), 10);
        sheet.Pair("発行日", ticket.IssuedOn.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture), 10);
        if (face.Holder is { } tail) sheet.Pair("持ち主のID", $"…{tail}", 10);
        sheet.Space(Gap);
        sheet.Text($"【有効期間】\n{Words.Day(ticket.IssuedOn)}～{Words.Day(ticket.LastOn)}", 10, bold: true);
        sheet.Space(Gap);
        sheet.Text($"★{face.Where}でご利用いただけます。", 10);
        sheet.Space(Gap);
        Bottom(sheet, face);
        sheet.Space(Gap);
        foreach (var line in TicketFace.Terms) sheet.Text($"・{line}", 9);
    });

    private static void Bottom(PdfSheet sheet, TicketFace face)
    {
        (double, double, Action<double, double>) Empty(string name, double x) => (x, Seal, (at, width) => sheet.Seal(name, "印", at, width));
        var beside = sheet.Width >= 2 * (Seal + Gap) + Code;
        (double, double, Action<double, double>) code = (beside ? sheet.Width - Code : (sheet.Width - Code) / 2, Code, (at, width) => sheet.Squares(face.Modules, at, width));
        if (beside) sheet.Row(Empty("発行認印", 0), Empty("利用店舗印", Seal + Gap), code);
        else
        {
            sheet.Row(Empty("発行認印", 0), Empty("利用店舗印", sheet.Width - Seal));
            sheet.Space(Gap);
            sheet.Row(code);
        }
    }
}
