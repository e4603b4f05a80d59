using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Kernel.Db;

/// <summary>Goal: made-up people and points never leave the machine they were made up on (identity.md, "Nothing of the sandbox in production").</summary>
public class DemonstrationTests
{
    private static readonly string[] Outside = ["--urls=http://*:0"];
    private static readonly string[] BehindProxy = ["--urls=http://127.0.0.1:0", "--MyKey:BehindProxy=true"];

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_marked_database_is_refused_beyond_this_machine_and_served_on_it(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        foreach (var way in new[] { Outside, BehindProxy }) await (await Build(test, way)).DisposeAsync();
        await using (var app = await TestApp.Over(test))
        {
            var mark = app.Services.GetRequiredService<Demonstration>();
            Assert.False(await mark.IsMarked());
            await mark.Mark(Actor.Job("test"));
            await mark.Mark(Actor.Job("test"));
            Assert.True(await mark.IsMarked());
        }

        foreach (var way in new[] { Outside, BehindProxy })
            Assert.Contains("demonstration data", (await Assert.ThrowsAsync<InvalidOperationException>(() => Build(test, way))).Message, StringComparison.Ordinal);
        await using (await TestApp.Over(test))
        {
        }
    }

    private static Task<WebApplication> Build(TestDatabase test, string[] way) =>
        Startup.Build([$"--MyKey:Database={(test.Database.Engine == Engine.Postgres ? "postgres:" : "")}{test.ConnectionString}", .. way]);
}
