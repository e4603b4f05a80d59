using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyKey.App;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Demo;

namespace MyKey.Past;

/// <summary>
/// Gives a fresh database two months that are over: the App and the sandbox live then, by a clock of that time, while the town does over the public API what <see cref="DemoMonths"/> tells. The first month is closed by the App
/// of the second, the second by the one that comes today. Nothing in the App knows of it.
/// </summary>
/// <param name="port">Of the sandbox.</param>
public sealed class PastMonths(Uri site, int port)
{
    /// <summary>On which day of a month it lives, and at what hour.</summary>
    private const int Day = 10, Hour = 10;

    /// <param name="sandbox">Further configuration of the sandbox.</param>
    /// <returns>False where there is somebody of the staff: that database is somebody's, and nothing has happened.</returns>
    /// <exception cref="HttpRequestException">Something was refused.</exception>
    public async Task<bool> Play(string[] sandbox, string[]? settings = null, string authenticators = DemoLoader.AuthenticatorsFile, CancellationToken stop = default)
    {
        settings ??= [];
        if (await IsSomebodys(sandbox, settings, stop)) return false;
        await Console.Error.WriteLineAsync("見本のデータを入れています / Loading demonstration data…");
        var months = new DemoMonths(site, port);
        foreach (var ago in (int[])[2, 1])
        {
            var clock = new Earlier(TimeProvider.System, TimeProvider.System.GetUtcNow() - At(TimeProvider.System.Today(), ago));
            await using var parties = Parties(sandbox, clock);
            await parties.StartAsync(stop);
            await using var app = await Startup.Build([$"--urls=http://127.0.0.1:{site.Port}", "--MyKey:Limits:AttemptsPerMinute=10000", .. settings], builder =>
            {
                Quietly(builder);
                builder.Services.AddSingleton<TimeProvider>(clock);
            });
            await app.StartAsync(stop);
            var staff = new DemoStaff(site, new Authenticators(authenticators, clock));
            if (ago == 2)
            {
                await app.Services.GetRequiredService<Demonstration>().Mark(Actor.Job("past"), stop);
                await staff.Begin((await app.Services.GetRequiredService<AddFirstOperator>().Add(DemoStaff.OperatorNumber, stop)).Value, stop);
                await months.Begin(staff, parties.Services.GetRequiredService<NationalAuthority>(), clock, stop);
            }
            else await staff.Return(stop);
            await months.Live(staff, clock, stop);
            await app.StopAsync(stop);
            await parties.StopAsync(stop);
        }
        return true;
    }

    /// <summary>Both as they are today, but not started.</summary>
    private async Task<bool> IsSomebodys(string[] sandbox, string[] settings, CancellationToken stop)
    {
        // The App asks for the roots of the sandbox's authority.
        await using var parties = Parties(sandbox, TimeProvider.System);
        await using var app = await Startup.Build(settings, Quietly);
        return (await app.Services.GetRequiredService<FindStaff>().All(stop: stop)).Count > 0;
    }

    private WebApplication Parties(string[] sandbox, TimeProvider clock) => SandboxHost.Build([$"--Port={port}", "--Logging:LogLevel:Default=Warning", .. sandbox], clock);

    private static void Quietly(WebApplicationBuilder builder) => builder.Logging.SetMinimumLevel(LogLevel.Warning);

    private static DateTimeOffset At(DateOnly today, int monthsAgo)
    {
        var then = today.AddMonths(-monthsAgo);
        return Jst.At(Jst.EndOf(new DateOnly(then.Year, then.Month, Day)) - Jst.DayMs).AddHours(Hour);
    }
}
