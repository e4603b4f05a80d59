using System.Text;
using Microsoft.Playwright;
using MyKey.App.Settlement;
using MyKey.Browser.Support;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.App.Settlement;

namespace MyKey.Browser;

/// <summary>Goal: an office pays what it approved by a file for its bank: accounts, the file, another officer's approval, the result (S2-P6e, S2-P8b, S2-Q3).</summary>
public class BankTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    [InlineData(Visit.Desk)]
    public async Task S2_P6e_S2_Q3_from_the_accounts_to_what_the_bank_did(int width)
    {
        await using var town = await SettledTown.Open();
        foreach (var (key, value) in (List<(string, string)>)[("settlement.claim", "auto"), ("settlement.four_eyes_above", "1000000")])
            Assert.True((await town.Get<SetSetting>().Run(new(key, SettingPlace.Platform, value, Actor.Job("test")))).Ok);
        await town.Town.Grant(town.Citizen, 5_000, 300);
        await town.Use(1_300);
        await town.Coupons.Desk.Invite("OF-001", Residents.A, Role.Officer, Role.Approver);
        await town.Coupons.Desk.Invite("OF-002", Residents.A, Role.Officer, Role.Approver);
        await town.Close(2018, 1, 5);
        await using var first = await Visit.Begin(town.Town.App, width);
        await first.LogIn("office", "OF-001", town.Coupons.Desk);
        await using var second = await Visit.Begin(town.Town.App, width);
        await second.LogIn("office", "OF-002", town.Coupons.Desk);

        await first.Open("/office/settlement/2017-12/claims");
        await Visit.Press(first.Page, "選んだ請求を承認する");
        await first.Open("/office/settlement/runs");
        await Assertions.Expect(first.Page.Locator("main")).ToContainTextAsync("自治体の口座が、まだありません");
        await first.Looks("office-runs-no-account");
        await Accounts(first, second);
        await File(town, first, second);
    }

    private static async Task Accounts(Visit first, Visit second)
    {
        var page = first.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "自治体の口座を入れる" }).ClickAsync();
        await first.Looks("office-accounts");
        await Fill(page, "田中", ("委託者コード", "0000000042"), ("振込依頼人の名前", "エーシ"));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("カナと数字だけで入れ直してください");
        await first.Looks("office-accounts-wrong");
        await Fill(page, "エーシ", ("結果の位置", "114"));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("ほかの職員の承認を待っています");
        await page.GetByRole(AriaRole.Link, new() { Name = "の口座を入れる" }).First.ClickAsync();
        await Fill(page, "株式会社パンヤ");
        await first.Looks("office-accounts-waiting");
        for (var n = 0; n < 2; n++)
        {
            await second.Open("/office/settlement/accounts");
            if (n == 0) await second.Looks("office-accounts-approve");
            await second.Page.GetByRole(AriaRole.Button, new() { Name = "承認する" }).First.ClickAsync();
        }
        await Assertions.Expect(second.Page.Locator("main")).ToContainTextAsync("これから使います");
        await second.Looks("office-accounts-done");
    }

    private static async Task File(SettledTown town, Visit first, Visit second)
    {
        var page = first.Page;
        await first.Open("/office/settlement/runs");
        await first.Looks("office-runs");
        await page.GetByRole(AriaRole.Button, new() { Name = "銀行のファイルを作る" }).DblClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("比べています");
        await first.Looks("office-run-checking");
        while (await town.Get<CheckRuns>().Step(Actor.Job("settle-check-runs")) is not null)
        {
        }
        await page.ReloadAsync();
        await first.Looks("office-run-waiting");
        await second.Open(new Uri(page.Url).AbsolutePath);
        await Visit.Press(second.Page, "承認する");
        await second.Looks("office-run-approved");
        await page.ReloadAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => Visit.Press(page, "銀行に送るファイルを取り出す"));
        var file = await System.IO.File.ReadAllBytesAsync(await download.PathAsync());
        Assert.Equal(1_300, ZenginReading.Read(file).Value.Total);
        file[120 + 113] = (byte)'0';
        await page.GetByLabel("銀行の結果ファイル").SetInputFilesAsync(new FilePayload { Name = "kekka.txt", MimeType = "text/plain", Buffer = Encoding.ASCII.GetBytes("だめ") });
        await Visit.Press(page, "読み込む");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("銀行のファイルを読み取れません");
        await first.Looks("office-run-wrong");
        await page.GetByLabel("銀行の結果ファイル").SetInputFilesAsync(new FilePayload { Name = "kekka.txt", MimeType = "text/plain", Buffer = file });
        await Visit.Press(page, "読み込む");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("振り込まれました");
        await first.Looks("office-run-done");
        await first.Open("/office/settlement/2017-12/claims");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("支払いました");
    }

    internal static async Task Fill(IPage page, string holder, params (string Label, string Value)[] more)
    {
        foreach (var (label, value) in (List<(string, string)>)[("銀行の番号", "0001"), ("銀行の名前", "アオイ"), ("支店の番号", "002"), ("支店の名前", "ホンテン"), ("口座番号", "1234567"), ("口座の名義", holder), .. more])
            await page.GetByLabel(label, new() { Exact = false }).First.FillAsync(value);
        await page.GetByLabel("預金の種類").SelectOptionAsync("ordinary");
        await Visit.Press(page, "入れる");
    }
}
