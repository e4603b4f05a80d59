using System.Net;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: "ready" means that the database answers; "healthy" does not.</summary>
public class HealthTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Ready_asks_the_database(Engine engine)
    {
        await using var app = await TestApp.Start(engine: engine);
        using var client = app.Client(app.Loopback);

        Assert.Equal("ready\n", await client.GetStringAsync("/readyz"));
    }

    [Fact]
    public async Task Without_its_database_the_app_is_healthy_but_not_ready()
    {
        var database = await TestDatabase.New(Engine.Postgres);
        await using var app = await TestApp.Over(database);
        await database.DisposeAsync();
        using var client = app.Client(app.Loopback);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
    }
}
