using System.Globalization;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Pdf;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>The sheet of a ticket as PDF: the same elements as the page that is printed (<c>_Face.cshtml</c>), drawn here, so that no browser is needed (S2-P7f).</summary>
public static class TicketPdf
{
    private const double Gap = 2, Seal = 20, Code = 24, Base = 11;

    private static (double Width, double Height, double Margin) Paper(string size) => size switch { "roll58" => (58, 0, 3), "a6" => (105, 148, 8), _ => (80, 0, 4) };

    /// <returns>The PDF; or <c>pdf_unavailable</c>.</returns>
    public static Result<byte[]> Draw(TicketFace face) => PdfSheet.Draw($"ポイント券 {face.Ticket.Number}", Paper(face.Size), sheet =>
    {
        var ticket = face.Ticket;
        sheet.Head("★★★ポイント券★★★", 16);
        sheet.Space(Gap);
        sheet.Rule();
        sheet.Text(face.PointName, Base, Align.Center);
        sheet.Head($"{Words.Digits(ticket.Amount.Value)} ポイント", 24);
        sheet.Rule();
        sheet.Space(Gap);
        sheet.Pair("発券番号", ticket.Number.ToString(), Base);
        sheet.Pair("発行日", ticket.IssuedOn.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture), Base);
        if (face.Holder is { } tail) sheet.Pair("持ち主のID", $"…{tail}", Base);
        sheet.Space(Gap);
        sheet.Text($"【有効期間】\n{Words.Day(ticket.IssuedOn)}～\n{Words.Day(ticket.LastOn)}", Base, bold: true);
        sheet.Space(Gap);
        sheet.Text($"★{face.Where}でご利用いただけます。", Base);
        sheet.Space(Gap);
        Bottom(sheet, face);
        sheet.Space(Gap);
        foreach (var line in TicketFace.Terms) sheet.Text($"・{line}", Base - 1);
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
