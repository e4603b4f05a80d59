using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App.Libraries;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.App.Machines;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Libraries;

/// <summary>Goal: a provider whose flag is on hears once that an address has changed: its own number and the day, never an address (S0-5014c).</summary>
public class AddressNoticesTests
{
    private const string Api = "/api/v1/links/address-notices";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5014c_one_notice_for_each_change_to_flagged_providers_only(Engine engine)
    {
        await using var move = await Move.Begin(engine);
        var (desk, today) = (move.Desk, move.Desk.Town.Get<TimeProvider>().Today());
        await move.Link(desk.A1, Town.A, "789145", "A1", flag: true);
        await move.Link(desk.B1, Town.B, "234209", "B1", flag: false);
        await using var keys = await KeyDesk.In(desk.App, desk.Town, desk.Desk);
        using var system = keys.Machine(await keys.Give(keys.Wanted("links.write", desk.A1)));
        using var other = keys.Machine(await keys.GiveIn(Town.B, keys.Wanted("links.write", desk.B1)));

        // Before it is known whether anything has changed, nobody is told; what nobody answers is asked again.
        move.House.Authority.Move(move.Card.Authority, move.Card.Serial, today);
        await move.ComeIn();
        var silent = await move.Run();
        Assert.Equal(("raised 0; asked 1; silent 1", false), (silent.Text, silent.Ok));
        Assert.Equal("raised 0; asked 0; silent 0", (await move.Run()).Text);
        await move.Later();
        await using var authority = await move.Answer();
        Assert.Equal("raised 1; asked 1; silent 0", (await move.Run()).Text);
        await move.ComeIn();
        Assert.Equal("raised 0; asked 1; silent 0", (await move.Run()).Text);

        var body = await system.GetStringAsync(Api);
        var notice = Assert.Single((await system.GetFromJsonAsync<List<AddressNoticeReply>>(Api))!);
        Assert.Equal($$"""[{"id":"{{notice.Id}}","userNumber":"789145","changedOn":"{{today:yyyy-MM-dd}}"}]""", body);
        Assert.Empty((await other.GetFromJsonAsync<List<AddressNoticeReply>>(Api))!);
        Assert.Equal("not_found", await LibraryDesk.Code(await other.PostAsync($"{Api}/{notice.Id}/seen", null)));
        using var counter = await desk.Device(desk.A1);
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await counter.GetAsync(Api)));
        foreach (var first in new[] { true, false }) Assert.Equal(first, await LibraryDesk.Read<bool>(await system.PostAsync($"{Api}/{notice.Id}/seen", null)));
        Assert.Empty((await system.GetFromJsonAsync<List<AddressNoticeReply>>(Api))!);
        Assert.Equal(["address_notice.raised", "address_notice.seen"], await desk.Logged("address_notice."));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5014c_what_was_known_at_the_link_whom_one_shuts_out_and_what_is_over_raise_nothing(Engine engine)
    {
        await using var move = await Move.Begin(engine);
        var (desk, today) = (move.Desk, move.Desk.Town.Get<TimeProvider>().Today());
        await using var authority = await move.Answer();
        await move.ComeIn();
        Assert.Equal("raised 0; asked 0; silent 0", (await move.Run()).Text);
        await move.Link(desk.A1, Town.A, "789145", "A1", flag: true);
        move.House.Authority.Move(move.Card.Authority, move.Card.Serial, today.AddDays(-1));
        await move.ComeIn();
        Assert.Equal("raised 0; asked 1; silent 0", (await move.Run()).Text);
        // A day to come is not believed.
        move.House.Authority.Move(move.Card.Authority, move.Card.Serial, today.AddDays(1));
        await move.ComeIn();
        Assert.Equal("raised 0; asked 1; silent 1", (await move.Run()).Text);
        await move.Later();
        move.House.Authority.Move(move.Card.Authority, move.Card.Serial, today);
        Assert.Equal(HttpStatusCode.OK, (await move.Browser.Client.PutAsync("/api/v1/my/link-blocks/A1", null)).StatusCode);
        Assert.Equal("raised 0; asked 1; silent 0", (await move.Run()).Text);
        await move.Browser.Client.DeleteAsync("/api/v1/my/link-blocks/A1");
        await move.ComeIn();
        Assert.Equal("raised 1; asked 1; silent 0", (await move.Run()).Text);
        // The end of the link takes what nobody has read with it.
        await move.Browser.Client.DeleteAsync("/api/v1/my/links/A1");
        Assert.Equal(0, await desk.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select count(*) from lib_address_notice", transaction: tx.Handle)));
    }

    [Fact]
    public async Task S0_5014c_the_counters_list_stands_behind_its_own_code()
    {
        await using var move = await Move.Begin(Engine.Sqlite);
        var desk = move.Desk;
        await move.Link(desk.A1, Town.A, "789145", "A1", flag: true);
        await using var authority = await move.Answer();
        move.House.Authority.Move(move.Card.Authority, move.Card.Serial, desk.Town.Get<TimeProvider>().Today());
        await move.ComeIn();
        await move.Run();
        using var counter = await desk.Device(desk.A1);
        const string Page = "/terminal/library/notices";
        Assert.DoesNotContain("789145", await counter.GetStringAsync(Page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.App.Submit(counter, Page, Page, ("ShopCode", "111222"))).StatusCode);
        Assert.Equal(Page, (await desk.App.Submit(counter, Page, Page, ("ShopCode", Town.ShopCode))).Headers.Location!.OriginalString);
        Assert.Contains("789145", await counter.GetStringAsync(Page), StringComparison.Ordinal);
        var id = await desk.App.Database.Write(tx => tx.Connection.QuerySingleAsync<Guid>("select id from lib_address_notice", transaction: tx.Handle));
        using var second = await desk.Device(desk.A1);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.App.Submit(second, Page, $"{Page}?handler=Seen", ("Id", $"{id}"))).StatusCode);
        Assert.Equal(Page, (await desk.App.Submit(counter, Page, $"{Page}?handler=Seen", ("Id", $"{id}"))).Headers.Location!.OriginalString);
        Assert.DoesNotContain("789145", await counter.GetStringAsync(Page), StringComparison.Ordinal);
    }

    /// <summary>Somebody with a card, an App that knows where to ask, and the authority once it answers.</summary>
    private sealed class Move : IAsyncDisposable
    {
        private readonly int port;

        private Move(int port, CardTown house, LibraryDesk desk) => (this.port, House, Desk, Card, Browser) = (port, house, desk, house.Authority.Issue(), house.Browser());

        public CardTown House { get; }

        public LibraryDesk Desk { get; }

        public SandboxCard Card { get; }

        public CardBrowser Browser { get; }

        public static async Task<Move> Begin(Engine engine)
        {
            var port = TemporaryPostgres.FreePort();
            var house = await CardTown.Start(engine, $"MyKey:Card:Addresses=http://127.0.0.1:{port}/");
            var move = new Move(port, house, await LibraryDesk.Open(house.App));
            await house.Resident(move.Card, "CC22CC22");
            await move.ComeIn();
            return move;
        }

        public async Task<WebApplication> Answer()
        {
            var builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
            var app = builder.Build();
            app.MapAuthority(House.Authority, "127.0.0.1");
            await app.StartAsync();
            return app;
        }

        public Task ComeIn() => Browser.Login(Card);

        public Task<JobResult> Run() => Desk.Town.Get<AskAddressChanges>().Run(new JobRun("ask-address-changes", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken);

        /// <summary>Its next try is due.</summary>
        public Task Later() => House.App.Database.Write(tx => tx.Connection.ExecuteAsync("update lib_address_ask set next_ms = 0", transaction: tx.Handle));

        public async Task Link(Guid provider, MunicipalityCode place, string number, string code, bool flag)
        {
            await Desk.Save(provider, LibraryDesk.Library(code, $"{code}の図書館", selfLink: true), place == Town.A ? Desk.Office : Desk.OfficeB);
            Assert.Equal(HttpStatusCode.Created, (await Browser.Client.PostAsJsonAsync("/api/v1/my/links", new MyLinkRequest(code, number))).StatusCode);
            if (!flag) return;
            using var counter = await Desk.Device(provider);
            var given = await LibraryDesk.Read<MyKey.App.MyPage.MyCodeReply>(await Browser.Client.PostAsJsonAsync("/api/v1/my/codes", new { municipality = place.Value }));
            var shown = await LibraryDesk.Read<ShownReply>(await counter.PostAsJsonAsync("/api/v1/citizen-tokens", new ShowRequest("CC22CC22", given.Code)));
            Assert.Equal(HttpStatusCode.OK, (await counter.PutAsJsonAsync($"{LibraryDesk.Links}/notice", new NoticeRequest(shown.CitizenToken, true))).StatusCode);
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            Card.Dispose();
            await House.DisposeAsync();
        }
    }
}
