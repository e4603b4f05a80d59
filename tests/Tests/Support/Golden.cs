using System.Runtime.CompilerServices;

namespace MyKey.Tests.Support;

/// <summary>
/// A file of the repository that must equal what the code produces. <c>MYKEY_GOLDEN=write</c> writes all of them anew; look at the
/// difference before you commit it.
/// </summary>
public static class Golden
{
    public static void Holds(string path, string produced)
    {
        var file = Path.Combine(Repository, path);
        var text = produced.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("MYKEY_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        Assert.True(File.Exists(file), $"{path} is missing. Write it: MYKEY_GOLDEN=write");
        Assert.True(File.ReadAllText(file).ReplaceLineEndings("\n") == text, $"{path} is not what the code produces. Write it anew (MYKEY_GOLDEN=write), look at the difference, commit it.");
    }

    public static string Repository { get; } = Find();

    private static string Find([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "MyKey.slnx"))) return folder;
        throw new InvalidOperationException("The repository is not where the tests were compiled.");
    }
}
