using System.Net;
using System.Text.RegularExpressions;
using MyKey.Kernel.Net;

namespace MyKey.Sandbox.Partners;

/// <summary>A person's browser at the login and consent of a partner or an online site of the sandbox, without screens.</summary>
public static partial class PartnerBrowser
{
    /// <param name="authorize">Where MyKey leads.</param>
    /// <param name="member">null: does not log in.</param>
    /// <param name="decides">The button: <c>Allow</c>, <c>Deny</c>, or where the site has it <c>Stranger</c>.</param>
    /// <returns>Where the company leads back.</returns>
    /// <exception cref="HttpRequestException">It did not let the person in.</exception>
    public static async Task<Uri> Walk(Uri authorize, string? member = "member01", string decides = "Allow", CancellationToken stop = default)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectCallback = LoopbackHosts.Connect });
        var page = member is null ? authorize : new Uri(authorize, await Press(browser, authorize, "LogIn", stop, ("member", member), ("password", PartnerBooks.Password)));
        return await Press(browser, page, decides, stop);
    }

    private static async Task<Uri> Press(HttpClient browser, Uri page, string handler, CancellationToken stop, params (string Name, string Value)[] fields)
    {
        var html = await browser.GetStringAsync(page, stop);
        var action = Action().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).Single(a => a.EndsWith($"handler={handler}", StringComparison.Ordinal));
        using var content = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", Token().Match(html).Groups[1].Value)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var answer = await browser.PostAsync(new Uri(page, action), content, stop);
        return answer.StatusCode == HttpStatusCode.Redirect ? answer.Headers.Location! : throw new HttpRequestException($"{page.Host}: {handler}", null, answer.StatusCode);
    }

    [GeneratedRegex("action=\"([^\"]+)\"")]
    private static partial Regex Action();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
