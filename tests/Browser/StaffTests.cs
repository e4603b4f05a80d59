using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Sandbox.Demo;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a new member of staff gets in alone, with a password and an authenticator app: two screens (decision 16).</summary>
public class StaffTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task V_D3_the_first_operator_enrols_and_logs_in(int width)
    {
        await using var app = await TestApp.Start();
        var token = (await app.Services.GetRequiredService<AddFirstOperator>().Add("OP-001")).Value;
        await using var visit = await Visit.Begin(app, width);
        await visit.Open($"/operator/enrol?token={token}");
        await visit.Looks("staff-enrol");
        var authenticator = new Authenticator(await visit.Page.Locator(".wrap-anywhere").InnerTextAsync(), TimeProvider.System);
        await visit.Page.Locator("[name=Password]").FillAsync(StaffDesk.Password);
        await visit.Page.Locator("[name=Code]").FillAsync(authenticator.Next());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "登録する" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "登録しました" })).ToBeVisibleAsync();
        await visit.Looks("staff-login");

        await visit.Page.GetByLabel("職員番号").FillAsync("OP-001");
        await visit.Page.Locator("[name=Password]").FillAsync(StaffDesk.Password);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "次へ" }).ClickAsync();
        await visit.Looks("staff-code");
        await visit.Page.Locator("[name=Code]").FillAsync("000000");
        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^ログイン$") }).ClickAsync();
        await visit.Looks("staff-code-wrong");
        await visit.Page.Locator("[name=Code]").FillAsync(authenticator.Next());
        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^ログイン$") }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("今日の仕事");
        Assert.Equal("/operator", new Uri(visit.Page.Url).AbsolutePath);
        await visit.Looks("operator-home");
    }
}
