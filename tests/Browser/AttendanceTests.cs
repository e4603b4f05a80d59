using System.Text;
using Microsoft.Playwright;
using MyKey.Browser.Support;
using MyKey.Identity.Passwords;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Browser;

/// <summary>Goal: an office enters a town association, its people record who was there on a telephone, the office approves the whole at once (S2-P3d).</summary>
public class AttendanceTests
{
    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P3d_from_the_town_association_to_points(int width)
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules(usual: 200, leader: 500));
        await office.Town.Issue("AB123456", 2);
        await office.Town.Issue("CD123456", 3);
        await office.Desk.Invite("OF-009", Town.A, Role.Officer, Role.TerminalAdmin);
        await using var staff = await Visit.Begin(office.App, width);
        var desk = staff.Page;
        await staff.LogIn("office", "OF-009", office.Desk);
        await staff.Open("/office/attendance");
        await staff.Looks("office-attendance-empty");
        await desk.GetByRole(AriaRole.Link, new() { Name = "団体", Exact = true }).ClickAsync();
        await desk.GetByLabel("団体の名前").FillAsync("みどり町会");
        await desk.GetByLabel("外出の応援").CheckAsync();
        await staff.Looks("office-organisers");
        await Visit.Press(desk, "入れる");
        await Visit.Arrive(desk, "**/office/organisers/*?saved=new");
        await staff.Looks("office-organiser");
        await desk.GetByLabel("端末の呼び名").FillAsync("会館のタブレット");
        await Visit.Press(desk, "登録用の番号を出す");
        await staff.Looks("office-organiser-code");
        var code = await desk.Locator(".one-time-code strong").InnerTextAsync();

        await using var member = await Visit.Begin(office.App, width);
        var hall = member.Page;
        await member.Open("/terminal/enrol");
        await hall.GetByLabel("登録用の番号").FillAsync(code);
        await hall.GetByLabel("お店の番号").FillAsync(Town.ShopCode);
        await Visit.Press(hall, "登録する");
        await Visit.Arrive(hall, "**/terminal/attendance?ready=1");
        await member.Looks("attendance-start");
        await hall.GetByLabel("行事の名前").FillAsync("公園の清掃");
        await Visit.Press(hall, "始める");
        await Visit.Arrive(hall, "**/terminal/attendance/*");
        await Add(hall, "my12345", "参加者");
        await Assertions.Expect(hall.GetByText("入力内容に1件の誤りがあります")).ToBeVisibleAsync();
        await member.Looks("attendance-wrong");
        await Add(hall, "my123456", "参加者");
        await Add(hall, "AB123456", "リーダー");
        await Assertions.Expect(hall.GetByText("いま2人です")).ToBeVisibleAsync();
        await member.Looks("attendance-list");
        await hall.GetByText("名簿のファイルで入れる").ClickAsync();
        await hall.GetByLabel("CSVファイル").SetInputFilesAsync(new FilePayload { Name = "list.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("マイキーID\nCD123456\nZZ999999\n") });
        await Visit.Press(hall, "ファイルを読む");
        await member.Looks("attendance-file");
        await Visit.Press(hall, "この3人を役場に送る");
        await Assertions.Expect(hall.GetByRole(AriaRole.Heading, new() { Name = "役場に送りました" })).ToBeVisibleAsync();
        await member.Looks("attendance-sent");

        await staff.Open("/office");
        await Assertions.Expect(desk.GetByText("参加の記録が1件、届いています")).ToBeVisibleAsync();
        await staff.Open("/office/attendance");
        await desk.GetByRole(AriaRole.Link, new() { Name = "公園の清掃を見る" }).ClickAsync();
        await desk.GetByLabel("C＊＊＊＊＊56", new() { Exact = false }).CheckAsync();
        await staff.Looks("office-occasion");
        await Visit.Press(desk, "承認する");
        await Assertions.Expect(desk.GetByRole(AriaRole.Heading, new() { Name = "承認しました" })).ToBeVisibleAsync();
        await office.Done((await System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<List<MyKey.App.GrantBatches.BatchReply>>(office.Officer, GrantFiles.Batches))![0]);
        await staff.Open(new Uri(desk.Url).PathAndQuery);
        await staff.Looks("office-occasion-approved");
        Assert.Equal((3_000, 9_300), (await office.Usable(), await office.Rest()));
        await hall.ReloadAsync();
        await Assertions.Expect(hall.GetByText("3人のうち、2人を認めました")).ToBeVisibleAsync();
        await member.Looks("attendance-approved");
    }

    [Theory]
    [InlineData(Visit.Phone)]
    public async Task S2_P19e_a_year_of_stamps_is_seen_by_both_and_becomes_points(int width)
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules("yearly"));
        await office.Desk.Invite("OF-009", Town.A, Role.Officer);
        await using var staff = await Visit.Begin(office.App, width);
        var desk = staff.Page;
        await staff.LogIn("office", "OF-009", office.Desk);
        await staff.Open($"/office/programmes/{office.Programme}/table");
        await desk.GetByLabel("段").FillAsync("10 1000\n20 2000");
        await Visit.Press(desk, "表を決める");
        await desk.GetByLabel("ポイントに変え始める日").FillAsync("4月1日");
        await Visit.Press(desk, "日を決める");
        await Visit.Arrive(desk, "**/table");
        await staff.Looks("office-table-day");
        await desk.GetByRole(AriaRole.Link, new() { Name = "1年のあいだにためた数を、この表でポイントに変える" }).ClickAsync();
        await desk.GetByLabel("CSVファイル").SetInputFilesAsync(new FilePayload { Name = "hours.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("マイキーID,時間\nMY123456,1.5\n") });
        await Visit.Press(desk, "足す");
        await staff.Looks("office-counter-wrong");
        await desk.GetByLabel("CSVファイル").SetInputFilesAsync(new FilePayload { Name = "hours.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("マイキーID,時間\nMY123456,14\n") });
        await Visit.Press(desk, "足す");
        await Assertions.Expect(desk.GetByRole(AriaRole.Heading, new() { Name = "ファイルの数を足しました" })).ToBeVisibleAsync();
        await desk.GetByLabel("マイキーID").FillAsync("MY123456");
        await desk.GetByLabel("足す数").FillAsync("-1");
        await desk.GetByLabel("直す理由").FillAsync("数えまちがい");
        await Visit.Press(desk, "直す");
        await Assertions.Expect(desk.GetByRole(AriaRole.Heading, new() { Name = "数を直しました" })).ToBeVisibleAsync();
        await staff.Looks("office-counter");

        const string Password = "midori-no-oka-1873";
        Assert.True((await office.Town.Get<SetPassword>().Set(office.Town.Session, new NewPassword(Password, null, new ClientNetwork("192.0.2.0/24")))).Ok);
        await using var citizen = await Visit.Begin(office.App, width);
        await citizen.Open("/my/login");
        await citizen.Page.Locator("#MyKeyId").FillAsync("MY123456");
        await citizen.Page.GetByLabel("パスワード").FillAsync(Password);
        await Visit.Press(citizen.Page, "ログイン");
        await Assertions.Expect(citizen.Page.GetByText("あと7で")).ToBeVisibleAsync();
        await citizen.Looks("my-home-counter");

        await Visit.Press(desk, "付与の内容を見る");
        await Visit.Arrive(desk, "**/office/grants/files/*");
        await Visit.Press(desk, "正しい1件を付与する");
        await office.Done((await System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<List<MyKey.App.GrantBatches.BatchReply>>(office.Officer, GrantFiles.Batches))![0]);
        Assert.Equal(3_800, await office.Usable());
        await citizen.Open("/my");
        await Assertions.Expect(citizen.Page.GetByText("この年度の分は、ポイントになりました")).ToBeVisibleAsync();
    }

    private static async Task Add(IPage hall, string myKeyId, string part)
    {
        await hall.GetByLabel("マイキーID").FillAsync(myKeyId);
        await hall.GetByLabel(part, new() { Exact = true }).CheckAsync();
        await Visit.Press(hall, "入れる");
        await hall.Locator("h1").First.WaitForAsync();
    }
}
