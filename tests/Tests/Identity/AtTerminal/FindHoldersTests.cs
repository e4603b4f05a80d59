using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.CardAgent.Device;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.AtTerminal;

/// <summary>Goal: many different cards at a device without browser raise the alarm of its office as any others do, though nobody counts while they are few.</summary>
public class FindHoldersTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_many_different_cards_at_an_agent_raise_the_alarm_and_the_same_again_does_not(Engine engine)
    {
        await using var library = await LibraryAgent.Start(engine);
        await library.Enrol();
        var services = library.House.App.Services;
        Assert.True((await services.GetRequiredService<SetSetting>().Run(new SetSetting.Change(TapAlarms.Limit, SettingPlace.Platform, "2", Actor.Job("test")))).Ok);
        string[] ids = ["CC22CC22", "DD33DD33", "EE44EE44", "FF55FF55"];
        long[] alarms = [0, 0, 3, 4];
        for (var i = 0; i < ids.Length; i++)
        {
            library.Put((await library.Resident(ids[i], $"{789140 + i}")).File);
            // Whoever asks twice for one card holds one card.
            for (var again = 0; again < 2; again++) Assert.NotNull((await library.Ask.Run(default)).Number);
            Assert.Equal(alarms[i], await library.House.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select coalesce(max(cards), 0) from idn_tap_alarm", transaction: tx.Handle)));
        }
    }

    [Fact]
    public async Task V_D1_cards_of_many_devices_at_one_instant_each_find_their_own_terminal_and_holder()
    {
        await using var library = await LibraryAgent.Start(Engine.Postgres);
        var files = new List<(string Number, byte[] Certificate)>();
        foreach (var (id, number) in new[] { ("CC22CC22", "789140"), ("DD33DD33", "789141"), ("EE44EE44", "789142") }) files.Add((number, (await library.Resident(id, number)).File.Certificate));
        var devices = new List<HttpClient>();
        for (var i = 0; i < 3; i++) devices.Add(await library.Desk.Device(library.Desk.A1));
        var asked = Enumerable.Range(0, 60).Select(i => (Device: devices[i % 3], Card: files[i / 3 % 3])).ToList();
        var answers = await Task.WhenAll(asked.Select(a => LibraryAgent.Look(a.Device, a.Card.Certificate)));
        Assert.Equal(asked.Select(a => a.Card.Number), answers);
        Assert.Equal(9, await library.House.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select count(*) from idn_tap_card", transaction: tx.Handle)));
        foreach (var device in devices) device.Dispose();
    }
}
