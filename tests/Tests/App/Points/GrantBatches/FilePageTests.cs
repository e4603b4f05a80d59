using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.GrantBatches;

/// <summary>Goal: the office sends a file, sees what is wrong line by line, saves it, and grants the rest without a script (S2-P6d).</summary>
public class FilePageTests
{
    [Fact]
    public async Task S2_P6d_from_the_file_over_its_lines_to_the_end()
    {
        await using var office = await GrantOffice.Open();
        var sent = await Upload(office, "マイキーID,ポイント\nMY123456,5\nMY12345,5\n");
        var path = sent.Headers.Location!.ToString();
        Assert.StartsWith("/office/grants/files/", path, StringComparison.Ordinal);

        var page = await Html(office.Officer, path);
        Assert.Contains("正しい1件を付与する", page, StringComparison.Ordinal);
        Assert.Contains("3行目　この形のIDは使えません", page, StringComparison.Ordinal);
        Assert.Contains("付与できます", page, StringComparison.Ordinal);
        Assert.DoesNotContain("付与できます", await Html(office.Officer, path + "?show=refused"), StringComparison.Ordinal);
        Assert.Contains("id_format", await office.Officer.GetStringAsync($"{path}?handler=Csv&show=refused"), StringComparison.Ordinal);

        var id = Regex.Match(page, "name=\"Id\" value=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal(path, (await office.App.Submit(office.Officer, path, $"{path}?handler=Commit", ("Id", id))).Headers.Location?.ToString());
        await office.Done(new(Guid.Parse(id), path[^64..], "", default, "", default, 0, 0, 0, 0, 0));
        Assert.Contains("付与が終わりました", await Html(office.Officer, path), StringComparison.Ordinal);
        Assert.Contains("終わりました", await Html(office.Officer, "/office/grants/files"), StringComparison.Ordinal);
        Assert.Equal(2805, await office.Usable());
    }

    [Fact]
    public async Task S2_P6d_what_is_wrong_with_the_file_stands_at_its_field()
    {
        await using var office = await GrantOffice.Open();
        var wrong = await Upload(office, "マイキーID\nMY123456\n");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("href=\"#Csv\"", await wrong.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<HttpResponseMessage> Upload(GrantOffice office, string file)
    {
        var token = Regex.Match(await office.Officer.GetStringAsync("/office/grants/files"), "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new MultipartFormDataContent
        {
            { new StringContent(token), "__RequestVerificationToken" }, { new StringContent($"{office.Programme}"), "Programme" }, { new StringContent("清掃"), "Occasion" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(file)), "Csv", "volunteer_1215.csv" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/office/grants/files") { Content = form };
        request.Headers.Add("Origin", office.App.Site.ToString().TrimEnd('/'));
        return await office.Officer.SendAsync(request);
    }

    private static async Task<string> Html(HttpClient client, string path) => WebUtility.HtmlDecode(await client.GetStringAsync(path));
}
