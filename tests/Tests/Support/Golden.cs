using System.Runtime.CompilerServices;

namespace MyKey.Tests.Support;

/// <summary>
/// A file of the repository that must equal what the code produces. <c>./mykey check --write</c> (or MYKEY_WRITE_GOLDEN=1) writes all of them anew; look at the
/// difference before you commit it.
/// </summary>
public static class Golden
{
    /// <summary>Whether files are written anew instead of compared.</summary>
    public static bool Writes => Environment.GetEnvironmentVariable("MYKEY_WRITE_GOLDEN") == "1";

    public static void Holds(string path, string produced)
    {
        var file = Path.Combine(Repository, path);
        var text = produced.ReplaceLineEndings("\n");
        if (Writes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        Assert.True(File.Exists(file), $"{path} is missing. Write it: ./mykey check --write");
        Assert.True(File.ReadAllText(file).ReplaceLineEndings("\n") == text, $"{path} is not what the code produces. Write it anew (./mykey check --write), look at the difference, commit it.");
    }

    public static string Repository { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "MyKey.slnx"))) return folder;
        throw new InvalidOperationException("The repository is not where the tests were compiled.");
    }
}
