using System.Security.Cryptography;

namespace MyKey.Tests.App.Activities;

/// <summary>Goal: the decoder in wwwroot/zxing is what its list of hashes says, all of it and nothing else, and its licence lies beside it.</summary>
public class ScannerFilesTests
{
    private static readonly string Folder = Path.Combine(MyKey.Tests.Support.Golden.Repository, "src", "App", "wwwroot", "zxing");

    [Fact]
    public void The_files_have_the_hashes_of_the_list()
    {
        var listed = File.ReadAllLines(Path.Combine(Folder, "SHA256SUMS")).Select(l => l.Split("  ", 2)).ToDictionary(l => l[1], l => l[0]);
        var there = Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/')).Where(f => f is not ("SHA256SUMS" or "README.md")).Order().ToList();
        Assert.Equal(listed.Keys.Order(), there);
        Assert.All(listed, l => Assert.Equal(l.Value, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, l.Key))))));
        Assert.Contains("LICENSE", there);
    }
}
