using System.Runtime.InteropServices;
using Microsoft.Playwright;
using MyKey.Browser.Support;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace MyKey.Browser.Support;

/// <summary>One real Chromium for the whole run.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;

    public static IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Headless = true,
            // Chromium's sandbox does not start as root, as in a container that runs the tests.
            Args = geteuid() == 0 ? ["--disable-gpu", "--no-sandbox"] : ["--disable-gpu"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright?.Dispose();
    }

    [DllImport("libc")]
    private static extern uint geteuid();
}
