using System.Diagnostics;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.Faults;

/// <summary>Goal: a full disk costs patience, never a point: what was acknowledged stays, the rest is answered <c>unavailable</c> (issue 2, step 7).</summary>
public class FullDiskTests
{
    private const int Seed = 20171216;

    [Fact]
    public async Task A_full_disk_refuses_payments_and_the_App_goes_on_when_there_is_room_again()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        using var payments = await Payments.Prepare(test.ConnectionString, Seed);
        await using var disk = await TinyDisk.Mount();
        Move(test.ConnectionString, disk.Outside("mykey.db"));
        await using (var app = new AppProcess(disk.Inside("mykey.db"), disk.Within))
        {
            await app.Start();
            var enough = new SemaphoreSlim(0);
            payments.OnAnswer = count => { if (count == 20) enough.Release(); };
            var paying = payments.PayAll(app.Port);
            Assert.True(await enough.WaitAsync(TimeSpan.FromSeconds(60)));

            disk.Fill();
            for (var since = Stopwatch.StartNew(); payments.Refusals.GetValueOrDefault("unavailable") < 30; await Task.Delay(20))
            {
                if (paying.IsCompleted) await paying;
                Assert.True(app.Lives && !paying.IsCompleted && since.Elapsed.TotalSeconds < 30, $"the App refuses while its disk is full; answered {payments.Answered}");
            }
            disk.MakeRoom();
            await paying;

            Assert.True(app.Lives);
            payments.MustBeAll();
            Assert.Equal(0, await app.End());
        }
        Move(disk.Outside("mykey.db"), test.ConnectionString);
        await using var again = new AppProcess(test.ConnectionString);
        await again.Start();
        await payments.MustStandOnce(test.ConnectionString, again.Port);
    }

    /// <summary>The database with its log, should one be left.</summary>
    private static void Move(string from, string to)
    {
        foreach (var end in new[] { "", "-wal" })
        {
            File.Delete(to + end);
            if (!File.Exists(from + end)) continue;
            File.Copy(from + end, to + end);
            File.Delete(from + end);
        }
    }
}
