using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MyKey.App.Navi.Manuals;
using MyKey.Tests.Support;
using MyKey.Tests.Tidy;

namespace MyKey.Tests.App.Navi.Manuals;

/// <summary>Goal: six manuals that tell what the screens say, as pages, PDF and one archive.</summary>
public partial class ManualTests
{
    /// <summary>Everything that stands on screens, without its markup.</summary>
    private static readonly string Written = string.Join('\n', SourceTree.In("src").Where(f => (f.IsCSharp || f.Path.EndsWith(".cshtml", StringComparison.Ordinal)) && !f.Path.Contains("/Navi/Manuals/", StringComparison.Ordinal)).Select(f => f.Text));

    private static readonly string Screens = Tag().Replace(Written, "");

    [Fact]
    public void S2_P18d_every_button_and_screen_that_a_manual_names_is_there()
    {
        Assert.Equal(6, Manual.All.Count);
        var missing = (from manual in Manual.All
                       from chapter in manual.Chapters
                       from line in chapter.Lines
                       from Match named in Named().Matches(line.Text)
                       where named.Value[0] == '［' ? !IsAButton(named.Groups[1].Value) : !IsOnAScreen(named.Groups[1].Value)
                       select $"{manual.Key} {chapter.Number}: {named.Value}").ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
        Assert.All(Manual.All, m => Assert.True(m.Chapters.Count >= 4 && m.Chapters.SelectMany(c => c.Lines).Count(l => l.Text.Contains('［')) >= 5, m.Key));
        Assert.False(IsOnAScreen("ここにない画面") || IsAButton("マイキーIDを作る") || IsAButton("使"));
    }

    [Fact]
    public void S0_3003_the_second_chapter_for_everybody_is_how_an_id_is_made()
    {
        var second = Manual.ForBeginners.Chapters[1];
        Assert.Equal((2, "マイキーIDをつくる"), (second.Number, second.Title));
        Assert.Contains(second.Lines, l => l.Text.Contains("［マイキーIDをつくる］", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S2_P18d_six_downloads_and_one_archive_of_all()
    {
        await using var app = await TestApp.Start();
        using var anybody = app.Client();
        var list = WebUtility.HtmlDecode(await anybody.GetStringAsync("/navi/manuals"));
        var archive = await anybody.GetAsync(ManualFiles.ArchivePath);
        Assert.Equal(("application/zip", "mykey-manuals.zip"), (archive.Content.Headers.ContentType!.MediaType, archive.Content.Headers.ContentDisposition!.FileName));
        using var zip = new ZipArchive(new MemoryStream(await archive.Content.ReadAsByteArrayAsync()));
        Assert.Equal(Manual.All.Select(m => m.FileName), zip.Entries.Select(e => e.Name));
        foreach (var manual in Manual.All)
        {
            Assert.Contains($"href=\"{manual.Path}/pdf\"", list, StringComparison.Ordinal);
            var page = WebUtility.HtmlDecode(await anybody.GetStringAsync(manual.Path));
            Assert.All(manual.Chapters, c => Assert.Contains($">{c.Number}　{c.Title}</h2>", page, StringComparison.Ordinal));
            Assert.All(manual.Chapters.SelectMany(c => c.Lines), l => Assert.Contains(l.Text, page, StringComparison.Ordinal));
            var file = await anybody.GetAsync($"{manual.Path}/pdf");
            Assert.Equal(("application/pdf", manual.FileName), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
            var bytes = await file.Content.ReadAsByteArrayAsync();
            Assert.StartsWith("%PDF-", Encoding.ASCII.GetString(bytes, 0, 8), StringComparison.Ordinal);
            await using var inZip = await zip.GetEntry(manual.FileName)!.OpenAsync();
            using var copy = new MemoryStream();
            await inZip.CopyToAsync(copy);
            Assert.Equal(bytes, copy.ToArray());
        }
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync("/navi/manuals/none")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await anybody.GetAsync("/navi/manuals/none/pdf")).StatusCode);
    }

    [Fact]
    public void Steps_are_counted_over_what_stands_between_them()
    {
        var chapter = new ManualChapter(1, "例", [new(ManualLineKind.Step, "a"), new(ManualLineKind.Step, "b"), new(ManualLineKind.Point, "c"), new(ManualLineKind.Step, "d")]);
        Assert.Equal([(ManualLineKind.Step, 1, "ab"), (ManualLineKind.Point, 3, "c"), (ManualLineKind.Step, 3, "d")], chapter.Runs().Select(r => (r.Kind, r.First, string.Concat(r.Texts))));
    }

    /// <summary>The whole words of an element, or of a text that becomes one.</summary>
    private static bool IsAButton(string words) => Written.Contains($">{words}<", StringComparison.Ordinal) || Written.Contains($"\"{words}\"", StringComparison.Ordinal);

    private static bool IsOnAScreen(string words) => Screens.Contains(words, StringComparison.Ordinal);

    [GeneratedRegex("[［『]([^］』]+)[］』]")]
    private static partial Regex Named();

    [GeneratedRegex("<[^>\n]*>")]
    private static partial Regex Tag();
}
