using MyKey.App.Registry;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: hundreds of thousands of rows in memory change at the price of what changes, and nobody who reads is disturbed (S2-P10g).</summary>
public class ShardsTests
{
    [Fact]
    public void S2_P10g_it_holds_what_a_dictionary_holds_and_each_that_was_shown_stays_as_it_was()
    {
        var (random, model, shards) = (new Random(7), new Dictionary<int, int>(), Shards<int, int>.None);
        for (var turn = 0; turn < 300; turn++)
        {
            var (before, shown) = (shards, new Dictionary<int, int>(model));
            var changed = Enumerable.Range(0, turn % 50 == 0 ? 2_000 : random.Next(4)).Select(_ => KeyValuePair.Create(random.Next(20_000), turn)).DistinctBy(c => c.Key).ToList();
            foreach (var (key, value) in changed) model[key] = value;
            shards = shards.With(changed);
            if (turn % 10 == 0) Assert.Equal(shown.OrderBy(r => r.Key), before.Rows.OrderBy(r => r.Key));
            Assert.Equal(model.Count, shards.Count);
            foreach (var key in changed.Select(c => c.Key).Append(random.Next(20_000)))
            {
                Assert.Equal(model.TryGetValue(key, out var expected), shards.TryGetValue(key, out var held));
                Assert.Equal((expected, expected), (held, shards.GetValueOrDefault(key)));
            }
        }
        Assert.Equal(model.OrderBy(r => r.Key), shards.Rows.OrderBy(r => r.Key));
        Assert.Equal(model.Values.Order(), shards.Values.Order());
        Assert.True(shards.Parts > 8, $"{shards.Count} rows in {shards.Parts} parts");
    }

    [Fact]
    public void S2_P10g_a_change_touches_one_part_of_very_many()
    {
        var all = Shards<int, int>.None.With([.. Enumerable.Range(0, 200_000).Select(i => KeyValuePair.Create(i * 17, i))]);
        Assert.InRange(all.Parts, 200_000 / 512, 200_000 / 128);
        Assert.Equal(all.Parts - 1, all.With([KeyValuePair.Create(17, -1)]).Shares(all));
        Assert.Same(all, all.With([]));
    }
}
