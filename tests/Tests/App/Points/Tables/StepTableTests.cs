using MyKey.App.Tables;

namespace MyKey.Tests.App.Tables;

/// <summary>Goal: a table gives what its highest reached step says, and is read however an officer writes it.</summary>
public class StepTableTests
{
    [Theory]
    [InlineData(0, 0), InlineData(9, 0), InlineData(10, 1000), InlineData(19, 1000), InlineData(20, 2000), InlineData(long.MaxValue, 2000)]
    public void S4_02c_the_highest_step_that_is_reached_counts(long count, long points) =>
        Assert.Equal(points, StepTable.Read("10時間から　1,000ポイント\r\n\r\n２０ 2000\n").Value.For(count));

    [Theory]
    [InlineData(""), InlineData("10"), InlineData("10 1000 5"), InlineData("0 100"), InlineData("1.5 100"), InlineData("10 100\n10 200"), InlineData("20 100\n10 200"), InlineData("10 200\n20 200"),
     InlineData("99999999999999999999 5")]
    public void S2_P19e_a_table_that_does_not_rise_is_refused(string typed) => Assert.Equal("table_format", StepTable.Read(typed).Refused?.Code);

    [Fact]
    public void S2_P19e_a_step_gives_points_that_there_are() => Assert.Equal("amount_format", StepTable.Read("10 0").Refused?.Code);

    [Fact]
    public void S2_P19e_a_table_has_twenty_steps_at_most()
    {
        Assert.True(StepTable.From([.. Enumerable.Range(1, 20).Select(i => ((long)i, (long)i))]).Ok);
        Assert.Equal("table_format", StepTable.From([.. Enumerable.Range(1, 21).Select(i => ((long)i, (long)i))]).Refused?.Code);
    }
}
