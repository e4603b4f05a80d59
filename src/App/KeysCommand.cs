using System.CommandLine;
using System.Globalization;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App;

/// <summary><c>keys</c>: the key-encryption keys, and the way of a new one (docs/operations.md). Exit code 1 for what is refused.</summary>
public static class KeysCommand
{
    public static Command Make()
    {
        var id = new Argument<string>("key") { Description = "Id of the key, as list shows it." };
        var add = Of("add", "Make a key and put it into this machine's key file; it does nothing yet.", async (keys, _, stop) => Told(await keys.Add(stop), made => made));
        var write = Of("write", "From now on this key writes; every machine's file must have it.", async (keys, typed, stop) => Told(await keys.Write(typed.GetRequiredValue(id), stop), _ => "writes"));
        var remove = Of("remove", "Take an old key away, when nothing lies under it any more.", async (keys, typed, stop) => Told(await keys.Remove(typed.GetRequiredValue(id), stop), _ => "removed"));
        write.Arguments.Add(id);
        remove.Arguments.Add(id);
        return new Command("keys", "Key-encryption keys: list, add, write, remove.") { Of("list", "Which keys there are, and how many rows lie under each.", List), add, write, remove };
    }

    private static Command Of(string name, string what, Func<ChangeKek, ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, what);
        command.SetAction(async (parsed, stop) =>
        {
            // Built like the server, so that it is the same database and file; nothing is served and no job runs.
            await using var app = await Startup.Build([]);
            return await run(app.Services.GetRequiredService<ChangeKek>(), parsed, stop);
        });
        return command;
    }

    private static async Task<int> List(ChangeKek keys, ParseResult typed, CancellationToken stop)
    {
        foreach (var key in await keys.List(stop))
        {
            var since = key.EmptySinceMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("u", CultureInfo.InvariantCulture) : "-";
            Console.WriteLine($"key {key.Id}: {key.State.ToString().ToLowerInvariant()}, rows still under it: {key.Rows}, none since: {since}{(key.Here ? "" : ", not in this machine's file")}");
        }
        return 0;
    }

    private static int Told<T>(Result<T> done, Func<T, string> words)
    {
        if (done.Refused is not { } no)
        {
            Console.WriteLine(words(done.Value));
            return 0;
        }
        var (what, rule, next) = no.Sentences();
        Console.Error.WriteLine($"{no.Code}: {what}。{rule}。{next}。");
        return 1;
    }
}
