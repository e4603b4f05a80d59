using System.Net;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.App.Tickets;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;
using MyKey.Tests.App.UsePoints;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Tickets;

/// <summary>The office of a shopping street that gives out tickets, and a shop that takes them, both speaking HTTP; on the day of the source's figure.</summary>
internal sealed class TicketOffice : IAsyncDisposable
{
    private readonly TestApp app;

    private TicketOffice(TestApp app, DayClock clock, Town town, Till desk, Till shop) => (this.app, Clock, Town, Desk, Shop) = (app, clock, town, desk, shop);

    public DayClock Clock { get; }

    public Town Town { get; }

    public Till Desk { get; }

    public Till Shop { get; }

    public TestApp App => app;

    /// <param name="today">Staff log in by the numbers of their authenticators, which follow the machine's clock.</param>
    public static async Task<TicketOffice> Open(Engine engine, bool today = false)
    {
        var clock = new DayClock();
        var app = await TestApp.Start(change: today ? null : b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine);
        var town = await Town.Build(app.Services);
        var desk = new Till(app, town, await town.Terminal(await town.OpenShop("○○商店街 事務局"), null, TerminalProfile.TicketOffice), own: false);
        return new TicketOffice(app, clock, town, desk, new Till(app, town, await town.Terminal(town.Shop), own: false));
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Issue(long amount, string issuer = "132985", Guid? id = null, string? token = null) =>
        await Desk.Call(HttpMethod.Post, "/api/v1/tickets", new { id = id ?? Guid.CreateVersion7(), citizenToken = token ?? await Desk.CitizenToken(), issuer, amount });

    /// <returns>The number of a new ticket.</returns>
    public async Task<string> Ticket(long amount)
    {
        var issued = await Issue(amount);
        Assert.Equal((HttpStatusCode.Created, null), (issued.Status, issued.Code));
        return issued.Body.GetProperty("number").GetString()!;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Use(Guid id, params string[] numbers) =>
        await Shop.Call(HttpMethod.Post, "/api/v1/ticket-uses", new { id, numbers });

    /// <returns>What became of one number: paid, or the code.</returns>
    public async Task<string> UseOne(string number) => Say((await Use(Guid.CreateVersion7(), number)).Body).Single();

    public static IEnumerable<string> Say(JsonElement rows) =>
        rows.GetProperty("tickets").EnumerateArray().Select(t => t.GetProperty("pays").GetBoolean() ? $"paid {t.GetProperty("amount").GetInt64()}" : t.GetProperty("code").GetString()!);

    public Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Cancel(string number, Till? till = null, Guid? id = null, string shopCode = Town.ShopCode) =>
        (till ?? Desk).Call(HttpMethod.Post, $"/api/v1/tickets/{number}/cancel", new { id = id ?? Guid.CreateVersion7(), shopCode });

    public Task<(HttpStatusCode Status, JsonElement Body, string? Code)> Reprint(string number, Guid? id = null, Till? till = null) =>
        (till ?? Desk).Call(HttpMethod.Post, $"/api/v1/tickets/{number}/reprint", new { id = id ?? Guid.CreateVersion7() });

    public async Task<string> RunJob() => (await Town.Get<ReturnTickets>().Run(new JobRun("points-return-tickets", Guid.CreateVersion7(), 1, long.MaxValue), CancellationToken.None)).Text;

    /// <summary>Somebody of an office, as its sign-in would let him in.</summary>
    public async Task<StaffAtWork> Officer(MunicipalityCode town, Role role = Role.Officer) => new(
        new StaffMember(Ids.New<StaffId>(Clock), "T-2", StaffState.Active, [new GivenRole(role, town)]), null!, (await Town.Get<RegistryCache>().View()).Find(town));

    public async Task<ShopGroup> Street(string name) =>
        (await Town.Get<SaveShopGroup>().Run(new ShopGroup(Ids.New<ShopGroupId>(Clock), Town.A, name), Actor.Job("test"))).Value;

    public async Task Join(Acceptor shop, ShopGroup street) =>
        Assert.True((await Town.Get<ChangeAcceptor>().Run(new(shop.Id, shop.Name, shop.State, street.Id, Actor.Job("test")))).Ok);

    public Task<string> StateOf(string number) => Column<string>("state", number);

    public async Task<T> Column<T>(string column, string number)
    {
        await using var connection = await app.Database.Open();
        return (await connection.QuerySingleAsync<T>($"select {column} from pts_ticket where id = (select ticket from pts_ticket_number where number = @number)", new { number }))!;
    }

    public async Task MustAddUp()
    {
        var report = await Town.Get<Audit>().Run();
        Assert.True(report.Holds, report.Broken);
    }

    /// <summary>Days pass at once: no timer of the App fires for the time in between, as none did in a process that was away.</summary>
    internal sealed class DayClock : TimeProvider
    {
        private DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(TestClock.SomeDayMs);

        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;
    }

    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        await Shop.DisposeAsync();
        await app.DisposeAsync();
    }
}
