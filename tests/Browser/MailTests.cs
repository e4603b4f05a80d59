using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Tests.App.Mail;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: a mailbox is given in three screens, a lost card's ID is stopped by it in four, and whoever looks after mails and logins sees them.</summary>
public sealed class MailTests
{
    [Theory, InlineData(Visit.Phone)]
    public async Task S0_5004a_S0_5004c_a_mailbox_its_number_and_the_kinds_of_notices(int width)
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;
        await LogIn(visit);
        await visit.Open("/my/settings");
        await visit.Looks("settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "メールのお知らせを決める" }).ClickAsync();
        await visit.Looks("mail");
        await page.Locator("#Mail").FillAsync("no mailbox");
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "番号を送る");
        await visit.Looks("mail-wrong");
        await page.Locator("#Mail").FillAsync(MailTown.Mine);
        await page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(page, "番号を送る");
        await page.Locator("#Code").WaitForAsync();
        await visit.Looks("mail-code");
        await town.Deliver();
        await page.Locator("#Code").FillAsync("x");
        await Visit.Press(page, "このアドレスに決める");
        await visit.Looks("mail-code-wrong");
        await page.Locator("#Code").FillAsync(town.Code());
        await Visit.Press(page, "このアドレスに決める");
        await Visit.Arrive(page, "**/my/settings/mail?saved=mail");
        await visit.Looks("mail-set");
        await page.GetByLabel("ポイントが付与された").UncheckAsync();
        await Visit.Press(page, "このように受け取る");
        await Visit.Arrive(page, "**/my/settings/mail?saved=notices");
        Assert.False(await page.GetByLabel("ポイントが付与された").IsCheckedAsync());

        await visit.Open("/my/sessions");
        await visit.Looks("sessions");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task K_28_a_lost_card_and_no_password_by_mail(int width)
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        (await town.WithMail()).Dispose();
        await using var visit = await Visit.Begin(town.Town.App, width);
        var page = visit.Page;
        await visit.Open("/lost/stop");
        await page.GetByRole(AriaRole.Link, new() { Name = "パスワードがわからないときは、メールの番号で止める" }).ClickAsync();
        await visit.Looks("lost-mail");
        await page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await page.Locator("#Mail").FillAsync(MailTown.Mine);
        await Visit.Press(page, "番号を送る");
        await page.Locator("#Code").WaitForAsync();
        await visit.Looks("lost-mail-code");
        await town.Deliver();
        await page.Locator("#Code").FillAsync(town.Code());
        await Visit.Press(page, "マイキーIDを止める");
        await Visit.Arrive(page, "**/lost/stopped");
    }

    [Theory, InlineData(Visit.Phone)]
    public async Task V_D3_an_operator_sees_unsent_mails_and_the_own_logins(int width)
    {
        await using var room = await MailRoom.Open();
        await using var town = await Residents.Start(settings: room.Settings);
        var citizen = await town.Resident();
        await Assert.ThrowsAnyAsync<Exception>(() => room.Give(town.App, citizen, "full@mail.example"));
        var desk = new StaffDesk(town.App);
        await desk.Operator();
        await using var visit = await Visit.Begin(town.App, width);
        await visit.LogIn("operator", "OP-001", desk);
        await visit.Open("/operator/mails");
        await visit.Looks("operator-mails");
        await visit.Open("/operator/sessions");
        await visit.Looks("operator-sessions");
        await Visit.Press(visit.Page, "ほかのログインを、すべて終わりにする");
        await Visit.Arrive(visit.Page, "**/operator/sessions?done=others");
        await visit.Looks("operator-sessions-done");
    }

    private static async Task LogIn(Visit visit)
    {
        await visit.Open("/my/login");
        await visit.Page.Locator("#MyKeyId").FillAsync(Residents.MyKeyId);
        await visit.Page.Locator("#Password").FillAsync(Residents.Password);
        await Visit.Press(visit.Page, "ログイン");
        await Visit.Arrive(visit.Page, "**/my");
    }
}
