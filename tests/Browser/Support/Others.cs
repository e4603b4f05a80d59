using System.Diagnostics;

namespace MyKey.Browser.Support;

/// <summary>Programs that are not ours read what we draw: zbarimg as a telephone or a till's scanner would, poppler's a PDF.</summary>
internal static class Others
{
    /// <returns>What each code in a picture says.</returns>
    public static async Task<string[]> Read(byte[] png) =>
        (await With(png, "sheet.png", file => Say("zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A PDF as other programs read it.</summary>
    /// <returns>Its text; its fonts; its one page as dense as a receipt printer makes it, 203 dots an inch.</returns>
    public static Task<(string Text, string Fonts, byte[] Png)> ReadPdf(byte[] pdf) => With(pdf, "sheet.pdf", async file =>
    {
        await Say("pdftoppm", "-png", "-r", "203", "-singlefile", file, file);
        return (await Say("pdftotext", "-layout", file, "-"), await Say("pdffonts", file), await File.ReadAllBytesAsync($"{file}.png"));
    });

    private static async Task<T> With<T>(byte[] bytes, string name, Func<string, Task<T>> work)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mykey-sheet-").FullName, name);
        try
        {
            await File.WriteAllBytesAsync(file, bytes);
            return await work(file);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static async Task<string> Say(string program, params string[] arguments)
    {
        using var other = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await other.StandardOutput.ReadToEndAsync();
        await other.WaitForExitAsync();
        return said;
    }
}
