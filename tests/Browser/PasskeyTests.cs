using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: in a real browser, under the policy of production, an authenticator of the browser's own does what password and app did.</summary>
public sealed class PasskeyTests
{
    [Fact]
    public async Task V_D3_an_operator_adds_a_passkey_and_comes_back_with_it()
    {
        await using var app = await TestApp.Start();
        var desk = new StaffDesk(app);
        await desk.Operator();
        await using var visit = await Visit.Begin(app, Visit.Phone);
        var page = visit.Page;
        var authenticator = await Authenticator.Put(page);

        await visit.LogIn("operator", "OP-001", desk);
        await page.GetByRole(AriaRole.Link, new() { Name = "パスキー", Exact = true }).First.ClickAsync();
        await Visit.Arrive(page, "**/operator/passkeys");
        await visit.Looks("passkeys-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "パスキーを登録する" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "登録する" }).WaitForAsync();
        await visit.Looks("passkey-new");
        await Visit.Press(page, "登録する");
        await page.Locator("[aria-invalid='true']").WaitForAsync();
        await page.GetByLabel("呼び名").FillAsync("机のノートパソコン");
        await Visit.Press(page, "登録する");
        await Visit.Arrive(page, "**/operator/passkeys?saved=added");
        Assert.Equal(1, await authenticator.Count());
        await visit.Looks("passkeys");

        // The same machine a second time: the browser itself knows.
        await visit.Open("/operator/passkeys/new");
        await page.GetByLabel("呼び名").FillAsync("もう一度");
        await Visit.Press(page, "登録する");
        await page.GetByRole(AriaRole.Heading, new() { Name = "この機器は、もう登録してあります" }).WaitForAsync();
        await visit.Looks("passkey-known");

        await visit.Open("/operator");
        await visit.Looks("operator-home-passkey");
        await Visit.Press(page, "ログアウト");
        await Visit.Arrive(page, "**/operator/login?left=1");
        await visit.Looks("staff-login-left");
        await authenticator.Asks(nobody: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "パスキーでログイン" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "パスキーの操作が終わりませんでした" }).WaitForAsync();
        await visit.Looks("passkey-stopped");
        await authenticator.Asks(nobody: false);
        await Visit.Press(page, "パスキーを使う");
        await Visit.Arrive(page, "**/operator");

        await visit.Open("/operator/confirm?back=/operator/passkeys");
        await visit.Looks("staff-confirm");
        await page.GetByRole(AriaRole.Link, new() { Name = "番号のかわりに、パスキーでたしかめる" }).ClickAsync();
        await Visit.Arrive(page, "**/operator/passkeys");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^消す") }).ClickAsync();
        await Visit.Arrive(page, "**/operator/passkeys?saved=removed");
        await Visit.Press(page, "ログアウト");
        await page.GetByRole(AriaRole.Link, new() { Name = "パスキーでログイン" }).ClickAsync();
        await page.GetByText("passkey_failed").WaitForAsync();
        await visit.Looks("passkey-refused");
        visit.Quiet();
    }

    [Fact]
    public async Task V_D3_without_script_the_page_says_so_and_leads_to_the_number_of_the_app()
    {
        await using var app = await TestApp.Start();
        await using var visit = await Visit.Begin(app, Visit.Phone, script: false);
        await visit.Open("/operator/login");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "パスキーでログイン" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "このブラウザーでは、パスキーを使えません" })).ToBeVisibleAsync();
        Assert.Equal(0, await visit.Page.GetByRole(AriaRole.Button, new() { Name = "パスキーを使う" }).CountAsync());
        await Visit.Picture(visit.Page, "passkey-without-script");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "番号とパスワードでログイン" }).ClickAsync();
        await Visit.Arrive(visit.Page, "**/operator/login?back=%2Foperator");
    }

    /// <summary>Chromium's own virtual authenticator (WebAuthn domain of its protocol): a platform authenticator with resident keys that verifies its user.</summary>
    internal sealed class Authenticator(ICDPSession session, string id)
    {
        public static async Task<Authenticator> Put(IPage page)
        {
            var session = await page.Context.NewCDPSessionAsync(page);
            await session.SendAsync("WebAuthn.enable");
            var made = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
                },
            });
            return new Authenticator(session, made!.Value.GetProperty("authenticatorId").GetString()!);
        }

        public async Task<int> Count() => (await session.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = id }))!.Value.GetProperty("credentials").GetArrayLength();

        /// <summary>Whoever sits there is not the one whose finger it knows.</summary>
        public Task Asks(bool nobody) => session.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = id, ["isUserVerified"] = !nobody });
    }
}
