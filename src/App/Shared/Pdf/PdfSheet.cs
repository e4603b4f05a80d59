using System.Globalization;
using System.Runtime.InteropServices;
using MyKey.Kernel;

namespace MyKey.App.Shared.Pdf;

public enum Align { Left, Center, Right }

/// <summary>Paper, drawn from top to bottom, one sheet unless more is asked for; lengths in millimetres, sizes of letters in points. Japanese in one font, which is in the PDF.</summary>
public sealed class PdfSheet
{
    public const string Family = "Noto Sans CJK JP";

    private const double PointsPerInch = 72, PointsPerMm = PointsPerInch / 25.4;
    private const double Grey = 0.6, Smallest = 6;

    private readonly nint pen;
    private readonly double margin;
    private readonly double bottom;
    private int sheets = 1;

    private PdfSheet(nint pen, (double Width, double Height, double Margin) paper) => (this.pen, margin, bottom, Width, Y) = (pen, paper.Margin, paper.Height - paper.Margin, paper.Width - 2 * paper.Margin, paper.Margin);

    /// <summary>Stands with the number of the sheet below each; empty: nothing does.</summary>
    public string Foot { get; set; } = "";

    /// <summary>Between the margins.</summary>
    public double Width { get; }

    /// <summary>How far down it is drawn.</summary>
    public double Y { get; private set; }

    /// <summary>The libraries and the font are on this machine; without them there are print pages only.</summary>
    public static bool CanDraw => Possible.Value;

    private static readonly Lazy<bool> Possible = new(() => Cairo.IsHere && HasFont());

    /// <param name="height">0: as long as what is drawn, for paper from a roll.</param>
    /// <param name="draw">Called twice: once to see how long it becomes.</param>
    /// <returns>The PDF; or <c>pdf_unavailable</c>.</returns>
    public static Result<byte[]> Draw(string title, (double Width, double Height, double Margin) paper, Action<PdfSheet> draw)
    {
        if (!CanDraw) return Refusal.Of("pdf_unavailable");
        var height = paper.Height;
        if (height == 0) Page(title, (paper.Width, paper.Width, paper.Margin), null, sheet => { draw(sheet); height = sheet.Y + paper.Margin; });
        using var bytes = new MemoryStream();
        Page(title, (paper.Width, height, paper.Margin), bytes, draw);
        return bytes.ToArray();
    }

    public void Space(double mm) => Y += mm;

    public void Text(string text, double size, Align align = Align.Left, bool bold = false) => Y += Write(text, (0, Y, Width), size, align, bold);

    /// <summary>Text that goes on with the next sheet where this one is full.</summary>
    /// <param name="indent">From the left margin; <paramref name="mark"/> stands before it.</param>
    public void Flow(string text, double size, double indent = 0, string mark = "", bool bold = false)
    {
        Keep(Write(text, (indent, Y, Width - indent), size, Align.Left, bold, shown: false));
        if (mark.Length > 0) Write(mark, (0, Y, indent), size, Align.Left, bold);
        Y += Write(text, (indent, Y, Width - indent), size, Align.Left, bold);
    }

    /// <summary>Begins the next sheet unless so much room is left.</summary>
    public void Keep(double height)
    {
        if (Y + height <= bottom) return;
        WriteFoot();
        Cairo.ShowPage(pen);
        (Y, sheets) = (margin, sheets + 1);
    }

    /// <summary>One bold line in the middle, smaller where it would need two.</summary>
    public void Head(string text, double size) => Y += Write(text, (0, Y, Width), size, Align.Center, true, oneLine: true);

    /// <summary>A word on the left, what it means on the right.</summary>
    public void Pair(string word, string value, double size) =>
        Y += Math.Max(Write(word, (0, Y, Width), size, Align.Left, false), Write(value, (0, Y, Width), size, Align.Right, false));

    /// <summary>A line from margin to margin.</summary>
    public void Rule() => Box(0, Width, 0.4, full: true);

    /// <summary>Draws side by side from here; the cursor stands below the lowest of them afterwards.</summary>
    public void Row(params (double X, double Width, Action<double, double> Draw)[] cells)
    {
        var (top, bottom) = (Y, Y);
        foreach (var (x, width, draw) in cells)
        {
            Y = top;
            draw(x, width);
            bottom = Math.Max(bottom, Y);
        }
        Y = bottom;
    }

    /// <summary>An empty square to put a seal into, with its name above and a word in it.</summary>
    public void Seal(string name, string inside, double x, double width)
    {
        Y += Write(name, (x, Y, width), 9, Align.Center, false);
        Cairo.Ink(pen, Grey, Grey, Grey);
        Write(inside, (x, Y + width / 2 - 2, width), 9, Align.Center, false);
        Cairo.Ink(pen, 0, 0, 0);
        Box(x, width, width, full: false);
    }

    /// <summary>Squares, row by row; <c>true</c> is black.</summary>
    public void Squares(IReadOnlyList<System.Collections.BitArray> rows, double x, double width)
    {
        var one = width / rows.Count;
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < rows[row].Count; column++)
                if (rows[row][column]) Cairo.Rectangle(pen, At(margin + x + column * one), At(Y + row * one), At(one), At(one));
        Cairo.Fill(pen);
        Y += width;
    }

    private void Box(double x, double width, double height, bool full)
    {
        Cairo.Rectangle(pen, At(margin + x), At(Y), At(width), At(height));
        if (full) Cairo.Fill(pen);
        else Cairo.Stroke(pen);
        Y += height;
    }

    /// <returns>Its height.</returns>
    private double Write(string text, (double X, double Y, double Width) place, double size, Align align, bool bold, bool oneLine = false, bool shown = true)
    {
        var layout = Cairo.Layout(pen);
        Cairo.SetResolution(Cairo.ContextOf(layout), PointsPerInch);
        Cairo.SetWidth(layout, (int)(At(place.Width) * Cairo.PangoScale));
        Cairo.SetWrap(layout, Cairo.WrapWordChar);
        Cairo.SetAlignment(layout, align switch { Align.Center => Cairo.AlignCenter, Align.Right => Cairo.AlignRight, _ => Cairo.AlignLeft });
        Cairo.SetText(layout, text, -1);
        SetFont(layout, size, bold);
        while (oneLine && Cairo.LinesOf(layout) > 1 && size > Smallest) SetFont(layout, --size, bold);
        Cairo.MoveTo(pen, At(margin + place.X), At(place.Y));
        if (shown) Cairo.Show(pen, layout);
        Cairo.SizeOf(layout, out _, out var height);
        Cairo.Unref(layout);
        return height / PointsPerMm / Cairo.PangoScale;
    }

    private void WriteFoot()
    {
        if (Foot.Length > 0) Write(string.Create(CultureInfo.InvariantCulture, $"{Foot}　{sheets}"), (0, bottom + margin / 3, Width), 9, Align.Center, false);
    }

    private static void SetFont(nint layout, double size, bool bold)
    {
        var font = Cairo.Font(string.Create(CultureInfo.InvariantCulture, $"{Family} {(bold ? "Bold " : "")}{size}"));
        Cairo.SetFont(layout, font);
        Cairo.FreeFont(font);
    }

    private static double At(double mm) => mm * PointsPerMm;

    private static void Page(string title, (double Width, double Height, double Margin) paper, MemoryStream? to, Action<PdfSheet> draw)
    {
        Cairo.Write write = (_, data, length) =>
        {
            var some = new byte[length];
            Marshal.Copy(data, some, 0, (int)length);
            to?.Write(some);
            return 0;
        };
        var surface = Cairo.PdfToStream(Marshal.GetFunctionPointerForDelegate(write), 0, At(paper.Width), At(paper.Height));
        var pen = Cairo.Create(surface);
        Cairo.Say(surface, Cairo.Title, title);
        Cairo.LineWidth(pen, At(0.3));
        var sheet = new PdfSheet(pen, paper);
        draw(sheet);
        sheet.WriteFoot();
        Cairo.ShowPage(pen);
        Cairo.Destroy(pen);
        Cairo.Finish(surface);
        var status = Cairo.StatusOf(surface);
        Cairo.DestroySurface(surface);
        GC.KeepAlive(write);
        Must.Hold(status == 0, "the PDF is drawn");
    }

    /// <summary>Another font in its place might have no Japanese, or draw the characters as elsewhere.</summary>
    private static bool HasFont()
    {
        var found = false;
        Page("", (10, 10, 0), null, sheet =>
        {
            var layout = Cairo.Layout(sheet.pen);
            var asked = Cairo.Font($"{Family} 10");
            var loaded = Cairo.Load(Cairo.ContextOf(layout), asked);
            if (loaded != 0)
            {
                var described = Cairo.Describe(loaded);
                found = Marshal.PtrToStringUTF8(Cairo.FamilyOf(described)) == Family;
                Cairo.FreeFont(described);
                Cairo.Unref(loaded);
            }
            Cairo.FreeFont(asked);
            Cairo.Unref(layout);
        });
        return found;
    }
}
