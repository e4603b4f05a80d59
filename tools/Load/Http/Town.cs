using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;

namespace MyKey.Load.Http;

/// <summary>A terminal with the token of its cookie.</summary>
internal sealed record Device(Terminal Terminal, string Cookie);

/// <summary>
/// Who takes part in payments over HTTP: municipalities, a shop with its terminals, citizens with a MyKey ID. Made through the App's own
/// services in this process, over the same database as the App that takes the payments.
/// </summary>
internal sealed class Town : IAsyncDisposable
{
    private const int Terminals = 32;
    private const int AtOnce = 16;
    private const int TokensAtOnce = 500;
    private const string ShopCode = "204816";
    private static readonly Actor Clerk = Actor.Job("load");
    private readonly Microsoft.AspNetCore.Builder.WebApplication app;

    private Town(Microsoft.AspNetCore.Builder.WebApplication app) => this.app = app;

    public IReadOnlyList<Device> Devices { get; private set; } = [];

    public CitizenId[] People { get; private set; } = [];

    /// <summary>As they are typed.</summary>
    public string[] MyKeyIds { get; private set; } = [];

    /// <param name="database">As in <c>MyKey:Database</c>.</param>
    /// <param name="keys">File of the key-encryption key, the same for the App.</param>
    public static async Task<Town> Build(string database, string keys, IReadOnlyList<MunicipalityCode> issuers)
    {
        var town = new Town(await App.Startup.Build([$"--MyKey:Database={database}", $"--MyKey:KekFile={keys}"], builder => builder.Logging.ClearProviders()));
        await town.Register(issuers);
        var devices = new List<Device>();
        for (var i = 0; i < Terminals; i++) devices.Add(await town.Enrol(issuers[0], i + 1, TerminalProfile.Shop));
        town.Devices = devices;
        // The ledger is to judge what asks for more than there is, not the limits above which a PIN is asked for.
        foreach (var limit in (string[])["spend.pin_above", "password.day_limit"])
            Must.Hold((await town.Get<SetSetting>().Run(new(limit, SettingPlace.Platform, "1000000000000", Clerk))).Ok, "the limit is set");
        return town;
    }

    /// <summary>Issues so many citizens a MyKey ID, as after card and PIN.</summary>
    public async Task Issue(int count, CancellationToken stop)
    {
        var (people, ids, next, now) = (new CitizenId[count], new string[count], -1, Get<TimeProvider>().GetUtcNow());
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Work()));
        (People, MyKeyIds) = (people, ids);

        async Task Work()
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var certificate = new AuthCertificate(new string('a', 64), $"{i + 1:x}", now.AddYears(-1), now.AddYears(4));
                var session = new Session(SessionKind.Citizen, Assurance.A3, null, null, null, certificate, now.ToUnixTimeMilliseconds(), 0, long.MaxValue);
                var issued = (await Get<IssueMyKeyId>().Issue(session, IssueMode.Generate, null, stop)).Value;
                (people[i], ids[i]) = (issued.Citizen, issued.Id.Value);
            }
        }
    }

    /// <summary>Each of these citizens shows himself at a terminal: the tokens that their payments need, good for five minutes.</summary>
    public async Task<Shown[]> Show(IReadOnlyList<int> people, CancellationToken stop)
    {
        var (shown, next) = (new Shown[people.Count], -TokensAtOnce);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Work()));
        return shown;

        async Task Work()
        {
            for (var from = Interlocked.Add(ref next, TokensAtOnce); from < people.Count; from = Interlocked.Add(ref next, TokensAtOnce))
                await Get<Database>().Write(async tx =>
                {
                    for (var i = from; i < Math.Min(from + TokensAtOnce, people.Count); i++)
                    {
                        var device = Devices[i % Devices.Count];
                        shown[i] = new Shown(people[i], await Get<CitizenTokens>().Open(tx, People[people[i]], device.Terminal, Way.Code), device);
                    }
                }, stop);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    private async Task Register(IReadOnlyList<MunicipalityCode> issuers)
    {
        var lines = issuers.Select((code, i) => Run.Text($"{code.Value},{Prefectures.NameOf(code)},第{i}市,ダイ{i}シ,city"));
        var file = System.Text.Encoding.UTF8.GetBytes("code6,prefecture,name,kana,kind\n" + string.Join('\n', lines) + "\n");
        var imported = await Get<ImportMunicipalities>().Run(file, Clerk);
        Must.Hold(imported.Ok, "the municipalities come in");
        foreach (var code in issuers)
        {
            Must.Hold((await Get<ChangeMunicipality>().Run(new(code, null, IssuerKind.Public, null, 12, MunicipalityState.Live, Clerk))).Ok, "a municipality goes live");
            Must.Hold((await Get<SetUsageRule>().ForKind(code, "shop", UsageArea.Anywhere, Clerk)).Ok, "its points are taken everywhere");
        }
    }

    /// <summary>A shop, or an office, with one terminal.</summary>
    public async Task<Device> Enrol(MunicipalityCode place, int number, TerminalProfile profile)
    {
        var clock = Get<TimeProvider>();
        var clerk = new StaffMember(Ids.New<StaffId>(clock), "L-1", StaffState.Active, [new GivenRole(Role.TerminalAdmin, place)]);
        var shop = Ids.New<AcceptorId>(clock);
        Must.Hold((await Get<RegisterAcceptor>().Run(new(shop, place, "shop", Run.Text($"くらしの店{number}"), Clerk))).Ok, "a shop is registered");
        var code = (await Get<RegisterTerminal>().Register(clerk, new NewTerminal(place, shop.Value, "レジ1", [profile]))).Value.Code;
        var token = (await Get<EnrolTerminal>().Enrol(code, ShopCode, new ClientNetwork("192.0.2.0/24"))).Value.Token;
        return new Device((await Get<FindTerminal>().ByToken(token)).Value, token);
    }
}

/// <summary>A citizen, by his number among the people, who stands at a terminal.</summary>
internal readonly record struct Shown(int Person, string Token, Device Device);
