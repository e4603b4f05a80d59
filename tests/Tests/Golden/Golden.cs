using MyKey.Tests.Tidy;

namespace MyKey.Tests.Golden;

/// <summary>Files that are made from the code and kept in the repository. <c>./mykey check --write</c> writes them anew.</summary>
public static class Golden
{
    public static bool Writes => Environment.GetEnvironmentVariable("MYKEY_WRITE_GOLDEN") == "1";

    /// <summary>Holds the kept file <paramref name="path"/>, relative to the repository, against what the code makes now.</summary>
    public static void Match(string path, string text)
    {
        var file = Path.Combine(SourceTree.Root, path);
        if (Writes) File.WriteAllText(file, text);
        else Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{path} is stale: ./mykey check --write");
    }
}
