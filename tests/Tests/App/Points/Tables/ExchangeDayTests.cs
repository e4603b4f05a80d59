using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Tables;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Tables;

/// <summary>Goal: results become points from a day of each fiscal year on, and not before (S4-02c: in March).</summary>
public class ExchangeDayTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_02c_before_the_day_of_exchange_nothing_is_made_of_results(Engine engine)
    {
        // 2017-12-15.
        var clock = new TestClock();
        await using var office = await GrantOffice.Open(await TestApp.Start(change: b => b.Services.AddSingleton<TimeProvider>(clock), engine: engine), 10_000);
        (await office.Officer.PutAsJsonAsync(Path(office, "table"), new TableRequest([new(10, 1000)]))).EnsureSuccessStatusCode();
        Assert.Equal(new ExchangeDayReply(12, 16, new DateOnly(2017, 12, 16)), await Set(office, 12, 16));
        Assert.Equal(new ExchangeDayReply(3, 1, new DateOnly(2018, 3, 1)), await Set(office, 3, 1));
        Assert.Equal("not_started", await GrantOffice.Code(await Send(office)));
        Assert.Contains("2018年3月1日から、結果のファイルを付与に変えられます", WebUtility.HtmlDecode(await office.Officer.GetStringAsync($"/office/programmes/{office.Programme}/table")), StringComparison.Ordinal);

        await Set(office, 12, 15);
        Assert.Equal(HttpStatusCode.Created, (await Send(office)).StatusCode);
        Assert.Equal(new ExchangeDayReply(null, null, null), await Set(office, null, null));
        Assert.Equal(new ExchangeDayReply(null, null, null), await office.Officer.GetFromJsonAsync<ExchangeDayReply>(Path(office, "exchange-day")));
    }

    [Theory]
    [InlineData("3月1日", 2018, 3, 1), InlineData("０３－０１", 2018, 3, 1), InlineData("4/1", 2017, 4, 1), InlineData("12 31", 2017, 12, 31)]
    public void S4_02c_a_day_lies_in_its_fiscal_year(string typed, int year, int month, int day) => Assert.Equal(new DateOnly(year, month, day), DayOfYear.Read(typed).Value.In(2017));

    [Theory, InlineData(""), InlineData("3月"), InlineData("2月29日"), InlineData("13月1日"), InlineData("2018年3月1日"), InlineData("4月31日")]
    public void S4_02c_what_is_no_day_of_every_year_is_refused(string typed) => Assert.Equal("day_format", DayOfYear.Read(typed).Refused?.Code);

    [Fact]
    public async Task S4_02c_the_page_takes_a_day_in_words()
    {
        await using var office = await GrantOffice.Open();
        var page = $"/office/programmes/{office.Programme}/table";
        Assert.Equal(HttpStatusCode.SeeOther, (await office.App.Submit(office.Officer, page, $"{page}?handler=Day", ("From", "3月1日"))).StatusCode);
        Assert.Contains("value=\"3月1日\"", WebUtility.HtmlDecode(await office.Officer.GetStringAsync(page)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, page, $"{page}?handler=Day", ("From", "いつか"))).StatusCode);
        Assert.Equal("day_format", await GrantOffice.Code(await office.Officer.PutAsJsonAsync(Path(office, "exchange-day"), new ExchangeDayRequest(3))));
    }

    private static string Path(GrantOffice office, string what) => $"/api/v1/office/programmes/{office.Programme}/{what}";

    private static async Task<ExchangeDayReply> Set(GrantOffice office, int? month, int? day) =>
        (await (await office.Officer.PutAsJsonAsync(Path(office, "exchange-day"), new ExchangeDayRequest(month, day))).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<ExchangeDayReply>())!;

    private static async Task<HttpResponseMessage> Send(GrantOffice office)
    {
        using var content = new ByteArrayContent("マイキーID,歩数\nMY123456,12\n"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await office.Officer.PostAsync($"{Path(office, "counts")}?occasion=steps", content);
    }
}
