using System.Runtime.InteropServices;

namespace MyKey.App.Shared.Pdf;

/// <summary>What is called of Cairo and Pango (<c>libpangocairo-1.0-0</c> of Debian): they draw PDFs with the fonts in them, as far as they are used.</summary>
internal static partial class Cairo
{
    private const string Paper = "libcairo.so.2", Text = "libpango-1.0.so.0", Both = "libpangocairo-1.0.so.0", Objects = "libgobject-2.0.so.0";

    public const int PangoScale = 1_024, AlignLeft = 0, AlignCenter = 1, AlignRight = 2, WrapWordChar = 2, Title = 0;

    /// <summary>They are on this machine.</summary>
    public static bool IsHere { get; } = ((string[])[Paper, Text, Both, Objects]).All(name => NativeLibrary.TryLoad(name, out _));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int Write(nint closure, nint data, uint length);

    [LibraryImport(Paper, EntryPoint = "cairo_pdf_surface_create_for_stream")]
    public static partial nint PdfToStream(nint write, nint closure, double width, double height);

    [LibraryImport(Paper, EntryPoint = "cairo_pdf_surface_set_metadata", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void Say(nint surface, int what, string text);

    [LibraryImport(Paper, EntryPoint = "cairo_surface_finish")]
    public static partial void Finish(nint surface);

    [LibraryImport(Paper, EntryPoint = "cairo_surface_status")]
    public static partial int StatusOf(nint surface);

    [LibraryImport(Paper, EntryPoint = "cairo_surface_destroy")]
    public static partial void DestroySurface(nint surface);

    [LibraryImport(Paper, EntryPoint = "cairo_create")]
    public static partial nint Create(nint surface);

    [LibraryImport(Paper, EntryPoint = "cairo_destroy")]
    public static partial void Destroy(nint pen);

    [LibraryImport(Paper, EntryPoint = "cairo_set_line_width")]
    public static partial void LineWidth(nint pen, double width);

    [LibraryImport(Paper, EntryPoint = "cairo_set_source_rgb")]
    public static partial void Ink(nint pen, double red, double green, double blue);

    [LibraryImport(Paper, EntryPoint = "cairo_rectangle")]
    public static partial void Rectangle(nint pen, double x, double y, double width, double height);

    [LibraryImport(Paper, EntryPoint = "cairo_stroke")]
    public static partial void Stroke(nint pen);

    [LibraryImport(Paper, EntryPoint = "cairo_fill")]
    public static partial void Fill(nint pen);

    [LibraryImport(Paper, EntryPoint = "cairo_move_to")]
    public static partial void MoveTo(nint pen, double x, double y);

    [LibraryImport(Paper, EntryPoint = "cairo_show_page")]
    public static partial void ShowPage(nint pen);

    [LibraryImport(Both, EntryPoint = "pango_cairo_create_layout")]
    public static partial nint Layout(nint pen);

    [LibraryImport(Both, EntryPoint = "pango_cairo_context_set_resolution")]
    public static partial void SetResolution(nint context, double dotsPerInch);

    [LibraryImport(Both, EntryPoint = "pango_cairo_show_layout")]
    public static partial void Show(nint pen, nint layout);

    [LibraryImport(Text, EntryPoint = "pango_font_description_from_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Font(string name);

    [LibraryImport(Text, EntryPoint = "pango_font_description_free")]
    public static partial void FreeFont(nint font);

    [LibraryImport(Text, EntryPoint = "pango_font_description_get_family")]
    public static partial nint FamilyOf(nint font);

    [LibraryImport(Text, EntryPoint = "pango_layout_get_context")]
    public static partial nint ContextOf(nint layout);

    [LibraryImport(Text, EntryPoint = "pango_context_load_font")]
    public static partial nint Load(nint context, nint font);

    [LibraryImport(Text, EntryPoint = "pango_font_describe")]
    public static partial nint Describe(nint loaded);

    [LibraryImport(Text, EntryPoint = "pango_layout_set_font_description")]
    public static partial void SetFont(nint layout, nint font);

    [LibraryImport(Text, EntryPoint = "pango_layout_set_width")]
    public static partial void SetWidth(nint layout, int width);

    [LibraryImport(Text, EntryPoint = "pango_layout_set_wrap")]
    public static partial void SetWrap(nint layout, int mode);

    [LibraryImport(Text, EntryPoint = "pango_layout_set_alignment")]
    public static partial void SetAlignment(nint layout, int alignment);

    [LibraryImport(Text, EntryPoint = "pango_layout_set_text", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetText(nint layout, string text, int length);

    [LibraryImport(Text, EntryPoint = "pango_layout_get_line_count")]
    public static partial int LinesOf(nint layout);

    [LibraryImport(Text, EntryPoint = "pango_layout_get_size")]
    public static partial void SizeOf(nint layout, out int width, out int height);

    [LibraryImport(Objects, EntryPoint = "g_object_unref")]
    public static partial void Unref(nint thing);
}
