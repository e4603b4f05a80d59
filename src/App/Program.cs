using System.CommandLine;
using MyKey.App;

var root = new RootCommand("MyKey: serves the App; a command does one thing and ends.") { TreatUnmatchedTokensAsErrors = false };
root.SetAction(async (_, stop) =>
{
    await using var app = await Startup.Build(args);
    await app.RunAsync(stop);
    return 0;
});
root.Subcommands.Add(AuditCommand.Make());
root.Subcommands.Add(OperatorCommand.Make());
root.Subcommands.Add(KeysCommand.Make());
return await root.Parse(args).InvokeAsync();

public partial class Program;
