await using var app = await MyKey.App.Startup.Build(args);
await app.RunAsync();

public partial class Program;
