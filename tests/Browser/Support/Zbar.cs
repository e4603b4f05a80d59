using System.Diagnostics;

namespace MyKey.Browser.Support;

/// <summary>A program that is not ours reads what we draw: zbarimg, as a telephone or a till's scanner would.</summary>
internal static class Zbar
{
    /// <returns>What each code in a picture says.</returns>
    public static async Task<string[]> Read(byte[] png)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mykey-zbar-").FullName, "sheet.png");
        try
        {
            await File.WriteAllBytesAsync(file, png);
            using var zbar = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var said = await zbar.StandardOutput.ReadToEndAsync();
            await zbar.WaitForExitAsync();
            return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
