using MyKey.App.Shared.Web;
using MyKey.Identity.Keys;
using MyKey.Kernel.Db;

namespace MyKey.App;

/// <summary>One way to start the App, for the program and for every test.</summary>
public static class Startup
{
    /// <param name="args">Configuration such as <c>--MyKey:Database=./data/mykey.db</c>; the environment (<c>MyKey__Database</c>) serves as well. See docs/operations.md.</param>
    /// <param name="change">Last word on the services, e.g. another clock.</param>
    /// <returns>A migrated App that is not listening yet.</returns>
    public static async Task<WebApplication> Build(string[] args, Action<WebApplicationBuilder>? change = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Pages and stylesheet are found wherever the process was started from; ./data is looked for where it was started.
            // Settings are read once, so nobody watches their files.
            Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"], ApplicationName = typeof(Startup).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory,
        });
        Modules.Add(builder);
        change?.Invoke(builder);
        var app = builder.Build();
        try
        {
            await using (var migrator = KernelServices.OpenToMigrate(app.Services.GetRequiredService<Site>()))
                await Migrations.Apply(migrator, app.Services.GetRequiredService<TimeProvider>(), Modules.Assemblies);
            await RefuseDemonstration(app);
            await app.Services.GetRequiredService<Kek>().CheckAtStart();
            Modules.Map(app);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static async Task RefuseDemonstration(WebApplication app)
    {
        if (Server.LoopbackOnly(app.Configuration) || !await app.Services.GetRequiredService<Demonstration>().IsMarked()) return;
        throw new InvalidOperationException(
            "This database holds demonstration data, so it is served on 127.0.0.1 only, and not behind a proxy. / このデータベースには見本のデータが入っています。この機械（127.0.0.1）の外には出せません。");
    }
}
