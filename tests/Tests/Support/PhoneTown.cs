using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.Kernel.Db;
using MyKey.Sandbox;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.Phone;

namespace MyKey.Tests.Support;

/// <summary>A town that takes cards, and the sandbox's telephone with a tray of cards, spoken to over HTTP.</summary>
public sealed partial class PhoneTown : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mykey-phone-town-").FullName;
    private readonly CardReader reader = CardReader.Start(0);
    private WebApplication site = null!;

    private PhoneTown(CardTown cards) => Cards = cards;

    public CardTown Cards { get; }

    public TestApp App => Cards.App;

    public PhoneApp Phone => site.Services.GetRequiredService<PhoneApp>();

    /// <summary>Where the telephone's screen is.</summary>
    public Uri PhoneSite => new($"http://{PhoneParty.Host}:{new Uri(site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}/");

    public static async Task<PhoneTown> Start(Engine engine = Engine.Sqlite)
    {
        var town = new PhoneTown(await CardTown.Start(engine));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSandboxPages();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSingleton(new CardTray(town.folder, town.reader));
        builder.Services.Configure<PhoneOptions>(o => o.Site = town.App.Site.ToString().TrimEnd('/'));
        builder.Services.AddSingleton<PhoneApp>();
        town.site = builder.Build();
        town.site.MapSandboxPages();
        await town.site.StartAsync();
        return town;
    }

    /// <summary>Lies in the tray from now on.</summary>
    public void Lay(string name, SandboxCard card) => CardFile.Of(name, card.CertificateDer, card.RootDer, card.Rsa!, FirstCards.Pin).Save(Path.Combine(folder, name + ".json"));

    /// <summary>The computer's page now: the address in its QR code, the number it shows, or where it leads.</summary>
    public static async Task<(string? Link, string? Number, string? Leads)> Look(HttpClient computer)
    {
        using var answer = await computer.GetAsync("/card/phone/wait");
        if (answer.StatusCode == HttpStatusCode.SeeOther) return (null, null, answer.Headers.Location!.OriginalString);
        Assert.Equal("3", answer.Headers.GetValues("Refresh").Single());
        var page = await answer.Content.ReadAsStringAsync();
        return (Found(Address().Match(page)), Found(Digits().Match(page)), null);
    }

    public async ValueTask DisposeAsync()
    {
        await site.DisposeAsync();
        await reader.DisposeAsync();
        await Cards.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string? Found(Match match) => match.Success ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    [GeneratedRegex("href=\"([^\"]+/card/phone/app#[^\"]+)\"")]
    private static partial Regex Address();

    [GeneratedRegex("<span class=\"num\">([0-9]{2})</span>")]
    private static partial Regex Digits();
}
