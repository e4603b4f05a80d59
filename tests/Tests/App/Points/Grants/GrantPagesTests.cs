using System.Net;
using System.Text.RegularExpressions;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Grants;

/// <summary>Goal: the office grants, and sees its programmes, without a script (S2-P6d).</summary>
public class GrantPagesTests
{
    [Fact]
    public async Task S2_P6d_from_the_person_over_the_budget_to_the_receipt()
    {
        await using var office = await GrantOffice.Open();
        (string, string)[] typed = [("Programme", $"{office.Programme}"), ("MyKeyId", "ｍy123456"), ("Amount", "２００"), ("Occasion", "清掃"), ("ExpiresOn", "")];
        var shown = await office.App.Submit(office.Officer, "/office/grants", "/office/grants", typed);
        var html = WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains("まだ付与していません", html, StringComparison.Ordinal);
        Assert.Contains("9,800", html, StringComparison.Ordinal);
        Assert.DoesNotContain("2,800", html, StringComparison.Ordinal);
        Assert.Equal(2800, await office.Usable());

        var id = Regex.Match(html, "name=\"Id\" value=\"([^\"]+)\"").Groups[1].Value;
        for (var click = 0; click < 2; click++)
        {
            var done = await office.App.Submit(office.Officer, "/office/grants", "/office/grants?handler=Grant", [.. typed, ("Id", id)]);
            Assert.Equal($"/office/grants/{id}", done.Headers.Location?.ToString());
        }
        Assert.Contains("付与しました", await office.Officer.GetStringAsync($"/office/grants/{id}"), StringComparison.Ordinal);
        Assert.Equal(3000, await office.Usable());
        Assert.Contains("value=\"200\"", await office.Officer.GetStringAsync("/office/grants"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S4_01b_a_programme_is_begun_gets_its_budget_and_ends()
    {
        await using var office = await GrantOffice.Open();
        var id = Guid.CreateVersion7();
        var begun = await office.App.Submit(office.Officer, "/office/programmes", "/office/programmes",
            ("Id", $"{id}"), ("Name", "運動教室"), ("Kind", "activity"), ("From", "2020-04-01"), ("Until", "2099-03-31"));
        Assert.Equal($"/office/programmes/{id}", begun.Headers.Location?.ToString());
        var path = $"/office/programmes/{id}";
        Assert.Equal(HttpStatusCode.SeeOther, (await office.App.Submit(office.Officer, path, path, ("Change", $"{Guid.NewGuid()}"), ("Total", "5,000"))).StatusCode);
        Assert.Contains("5,000", await office.Officer.GetStringAsync("/office/programmes"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await office.App.Submit(office.Officer, path, path, ("Change", $"{Guid.NewGuid()}"), ("Total", "たくさん"))).StatusCode);
        await office.App.Submit(office.Officer, path, $"{path}?handler=Close");
        Assert.Contains("この施策は終わりました", WebUtility.HtmlDecode(await office.Officer.GetStringAsync(path)), StringComparison.Ordinal);
    }
}
