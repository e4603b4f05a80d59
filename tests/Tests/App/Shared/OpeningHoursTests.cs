using System.Globalization;
using MyKey.App.Shared;

namespace MyKey.Tests.App.Shared;

/// <summary>Goal: hours as people write them say rightly whether somebody is there (S3-11, S3-17, K-18).</summary>
public class OpeningHoursTests
{
    private const string Centre = "月-金 9:30-20:00\n土日祝 9:30-17:30\n12/29-1/3 休み\n2026-12-30 10:00-12:00";

    [Theory]
    [InlineData("2026-11-27 09:29", false), InlineData("2026-11-27 09:30", true), InlineData("2026-11-27 19:59", true), InlineData("2026-11-27 20:00", false)]   // a Friday
    [InlineData("2026-11-28 17:29", true), InlineData("2026-11-28 17:30", false)]                                                                                 // Saturday
    [InlineData("2026-11-23 18:00", false), InlineData("2026-11-23 17:00", true)]                                                                                 // a Monday, and a holiday
    [InlineData("2026-12-28 10:00", true), InlineData("2026-12-29 10:00", false), InlineData("2027-01-03 10:00", false), InlineData("2027-01-04 10:00", true)]
    [InlineData("2026-12-30 10:00", true), InlineData("2026-12-30 12:00", false)]                                                                                 // a day goes before a span
    public void S3_17_open_or_closed_to_the_minute(string at, bool open)
    {
        var when = DateTime.ParseExact(at, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        Assert.Equal(open, OpeningHours.Read(Centre).Value.IsOpen(DateOnly.FromDateTime(when), TimeOnly.FromDateTime(when)));
    }

    [Fact]
    public void S3_11_on_a_holiday_only_lines_that_say_so_count()
    {
        var office = OpeningHours.Read("月-金 8:30-17:00").Value;
        Assert.True(office.IsOpen(new DateOnly(2026, 11, 24), new TimeOnly(9, 0)));
        Assert.False(office.IsOpen(new DateOnly(2026, 11, 23), new TimeOnly(9, 0)));
    }

    [Theory]
    [InlineData("2026-11-27 10:00", "いま開いています（17時まで）")]
    [InlineData("2026-11-27 08:00", "いまは閉まっています。つぎはきょう8時30分からです")]
    [InlineData("2026-11-27 18:00", "いまは閉まっています。つぎは11月30日（月）8時30分からです")]
    [InlineData("2026-11-29 18:00", "いまは閉まっています。つぎはあす8時30分からです")]
    public void K_18_it_says_when_it_opens_next(string at, string says)
    {
        var when = DateTime.ParseExact(at, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        Assert.Equal(says, OpeningHours.Read("月-金 8:30-17:00").Value.Said(DateOnly.FromDateTime(when), TimeOnly.FromDateTime(when)));
    }

    [Theory]
    [InlineData("毎日 8:30-17:00"), InlineData("月-金 17:00-8:30"), InlineData("月-金 8:30"), InlineData("金-月 8:30-17:00"), InlineData("月月 8:30-17:00"), InlineData("13/1-1/3 休み"), InlineData("2026-02-30 休み"), InlineData("月 25:00-26:00")]
    public void What_cannot_be_read_is_named(string line)
    {
        var refused = OpeningHours.Read($"月-金 8:30-17:00\n{line}").Refused;
        Assert.Equal(("hours_format", line), (refused?.Code, refused?.Fact<string>("line")));
    }

    [Fact]
    public void Full_width_is_read_as_half_width_and_nothing_is_unknown()
    {
        Assert.Equal("月-金 8:30-17:15", OpeningHours.Read("月－金　８：３０－１７：１５").Value.ToString());
        Assert.True(OpeningHours.Read(" \n ").Value.Unknown);
        Assert.Equal("hours_format", OpeningHours.Read(string.Join('\n', Enumerable.Repeat("月 8:30-17:00", 21))).Refused?.Code);
    }

    [Fact]
    public void The_holidays_of_next_year_are_known() => Assert.True(Holidays.LastYear >= 2027);
}
