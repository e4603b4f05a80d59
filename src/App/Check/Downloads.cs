using System.Collections.Frozen;
using System.Security.Cryptography;
using MyKey.Kernel;

namespace MyKey.App.Check;

/// <summary>A package of the preparation software.</summary>
/// <param name="For">The system that it is for.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record Download(string Name, string For, string How, string Sha256, long Bytes, string Path);

/// <summary>What whoever runs the App sets below <c>MyKey:Downloads</c> (docs/operations.md).</summary>
public sealed record DownloadOptions
{
    /// <summary>The folder that <c>./mykey package</c> has filled; without it nothing is offered.</summary>
    public string? Folder { get; init; }

    /// <summary>Who has packed what is there; shown beside it (S1-12b).</summary>
    public string Publisher { get; init; } = "";
}

/// <summary>
/// The packages of the preparation software. Only what stands in <c>SHA256SUMS</c> and is what stands there is offered: a file that was changed since is as good as
/// gone (S1-12b).
/// </summary>
public sealed class Downloads(DownloadOptions options)
{
    private const string Sums = "SHA256SUMS";

    private static readonly (string Ends, string For, string How)[] Kinds =
    [
        ("-win-x64.zip", "Windows 10・11", "開いて、「MyKey.CardAgent」を2回押します。「WindowsによってPCが保護されました」と出たら、［詳細情報］、［実行］の順に押します。"),
        (".deb", "Debian、Ubuntu などのLinux", "「sudo apt install ./（ファイルの名前）」で入れます。"),
        ("-macos.zip", "macOS", "署名はありません。.NET 10のランタイムを先に入れてから、ターミナルで「dotnet MyKey.CardAgent.dll」を動かします。"),
    ];

    private readonly Lazy<FrozenDictionary<string, Download>> all = new(() => Read(options.Folder).ToFrozenDictionary(d => d.Name));

    public IEnumerable<Download> All => all.Value.Values.OrderBy(d => Array.FindIndex(Kinds, k => d.Name.EndsWith(k.Ends, StringComparison.Ordinal)));

    public string Publisher => options.Publisher;

    public bool Any => all.Value.Count > 0;

    public Download? Find(string name) => all.Value.GetValueOrDefault(name);

    private static IEnumerable<Download> Read(string? folder)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, Sums))) yield break;
        foreach (var line in File.ReadLines(Path.Combine(folder, Sums)))
        {
            // "hash  name", as sha256sum writes it.
            var cells = line.Split("  ", 2);
            if (cells.Length != 2 || Path.GetFileName(cells[1]) != cells[1] || Kinds.FirstOrDefault(k => cells[1].EndsWith(k.Ends, StringComparison.Ordinal)) is not { Ends: not null } kind) continue;
            var file = new FileInfo(Path.Combine(folder, cells[1]));
            if (file.Exists && HashOf(file) == cells[0]) yield return new Download(cells[1], kind.For, kind.How, cells[0], file.Length, file.FullName);
        }
    }

    private static string HashOf(FileInfo file)
    {
        using var stream = file.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
