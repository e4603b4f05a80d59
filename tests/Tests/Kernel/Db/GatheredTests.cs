using MyKey.Kernel.Db;

namespace MyKey.Tests.Kernel.Db;

/// <summary>Goal: look-ups of one moment share a trip, a single one waits for nothing, and none gets an answer from before its question.</summary>
public class GatheredTests
{
    [Fact]
    public async Task What_is_asked_while_trips_are_under_way_shares_the_next_one()
    {
        var trips = new List<(IReadOnlyList<int> Keys, TaskCompletionSource Done)>();
        var gathered = new Gathered<int, string>(async keys =>
        {
            var trip = (keys, new TaskCompletionSource());
            trips.Add(trip);
            await trip.Item2.Task;
            return [.. keys.Select(k => k == 7 ? null : $"found {k}")];
        });
        var asked = Enumerable.Range(0, 10).Select(gathered.Find).ToList();

        Assert.Equal([0], Assert.Single(trips).Keys);
        trips[0].Done.SetResult();
        Assert.Equal("found 0", await asked[0]);
        Assert.Equal(Enumerable.Range(1, 9), trips[1].Keys);
        trips[1].Done.SetResult();
        var found = await Task.WhenAll(asked);
        Assert.Null(found[7]);
        Assert.Equal("found 9", found[9]);
        Assert.Equal(2, trips.Count);
    }

    [Fact]
    public async Task As_many_trips_as_are_allowed_are_under_way_at_once_and_each_question_is_in_one()
    {
        var trips = new List<(IReadOnlyList<int> Keys, TaskCompletionSource Done)>();
        var gathered = new Gathered<int, string>(async keys =>
        {
            var trip = (keys, new TaskCompletionSource());
            trips.Add(trip);
            await trip.Item2.Task;
            return [.. keys.Select(k => $"found {k}")];
        }, mostTrips: 2);
        var asked = Enumerable.Range(0, 6).Select(gathered.Find).ToList();
        Assert.Equal([[0], [1]], trips.Select(t => t.Keys.ToArray()));
        trips[1].Done.SetResult();
        Assert.Equal("found 1", await asked[1]);
        Assert.Equal([2, 3, 4, 5], trips[2].Keys);
        trips[0].Done.SetResult();
        trips[2].Done.SetResult();
        Assert.Equal(Enumerable.Range(0, 6).Select(k => $"found {k}"), await Task.WhenAll(asked));
        Assert.Equal(3, trips.Count);
    }

    [Fact]
    public async Task A_failed_trip_fails_those_who_asked_and_nobody_later()
    {
        var fails = true;
        var gathered = new Gathered<int, string>(keys => fails ? throw new TimeoutException("gone") : Task.FromResult<IReadOnlyList<string?>>([.. keys.Select(k => $"{k}")]));
        await Assert.ThrowsAsync<TimeoutException>(() => gathered.Find(1));
        fails = false;
        Assert.Equal("2", await gathered.Find(2));
    }

    [Fact]
    public async Task Who_came_first_does_not_drive_for_those_who_came_meanwhile()
    {
        Gathered<int, string>? gathered = null;
        Task<string?>? second = null;
        var (drivers, here) = (new List<int>(), Environment.CurrentManagedThreadId);
        gathered = new Gathered<int, string>(keys =>
        {
            drivers.Add(Environment.CurrentManagedThreadId);
            if (keys[0] == 1) second = gathered!.Find(2);
            return Task.FromResult<IReadOnlyList<string?>>([.. keys.Select(k => $"{k}")]);
        });
        Assert.True(gathered.Find(1).IsCompletedSuccessfully);
        // This thread stays here, so that nobody else gets it.
        Assert.True(SpinWait.SpinUntil(() => second!.IsCompleted, TimeSpan.FromSeconds(30)));
        Assert.Equal("2", await second!);
        Assert.Equal(here, drivers[0]);
        Assert.NotEqual(here, drivers[1]);
    }
}
