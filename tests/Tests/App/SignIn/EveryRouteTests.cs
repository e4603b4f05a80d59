using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity.Staffing;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.SignIn;

/// <summary>Goal: no route is open by forgetfulness. A new one is shut to strangers and to everybody else's shell, or stands in the list of those that everybody may call, with its reason.</summary>
public partial class EveryRouteTests
{
    /// <summary>What needs no login, and why.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["/"] = "portal", ["/navi"] = "portal", ["/navi/points"] = "portal", ["/navi/points/{code}"] = "portal", ["/navi/list"] = "portal", ["/navi/capabilities"] = "portal", ["/navi/council"] = "portal", ["/navi/joining"] = "a municipality asks to join before anybody of it can log in", ["/navi/terms"] = "portal", ["/navi/about"] = "portal", ["/navi/manuals"] = "portal", ["/navi/manuals/{key}"] = "portal", ["/navi/manuals/{key}/pdf"] = "portal", ["/navi/manuals/all.zip"] = "portal", ["/news"] = "portal", ["/news/{id:guid}"] = "portal",
        ["/faq"] = "portal", ["/support"] = "portal", ["/exchange"] = "portal", ["/online"] = "portal", ["/crowdfunding"] = "portal", ["/libraries"] = "portal", ["/payment-services"] = "portal", ["/mynapoint"] = "portal", ["/programmes"] = "portal", ["/programmes/{id:guid}"] = "portal", ["/activities"] = "portal", ["/activities/{id:guid}"] = "portal", ["/a/{code}"] = "a QR code of an activity: who reports logs in", ["/errors"] = "portal", ["/revoked"] = "portal",
        ["/navi/places"] = "portal", ["/navi/open-data"] = "portal", ["/navi/places/{id:guid}"] = "portal",
        ["/check"] = "before a login", ["/check/start"] = "before a login", ["/check/result"] = "before a login", ["/downloads"] = "before a login", ["/downloads/{name}"] = "before a login",
        ["/lost"] = "stops an ID by its password", ["/lost/stop"] = "stops an ID by its password", ["/lost/mail"] = "a number by mail, the same answer for everybody", ["/lost/stopped"] = "stops an ID by its password", ["/api/v1/my/stop"] = "stops an ID by its password", ["/api/v1/my/stop/code"] = "a number by mail, the same answer for everybody",
        ["/my/login"] = "login", ["/my/logout"] = "login", ["/api/v1/my/sessions"] = "login", ["/card/ask"] = "login", ["/card/return"] = "login", ["/card/start"] = "login", ["/card/prepare"] = "login", ["/card/answers"] = "login", ["/card/taps"] = "login", ["/card/phone"] = "login", ["/card/phone/wait"] = "login", ["/card/phone/app"] = "login", ["/card/phone/questions"] = "login", ["/card/phone/choices"] = "login",
        ["/office/login"] = "login", ["/office/logout"] = "login", ["/office/login/code"] = "login", ["/operator/login"] = "login", ["/operator/logout"] = "login", ["/operator/login/code"] = "login",
        ["/office/enrol"] = "one-time address", ["/operator/enrol"] = "one-time address", ["/api/v1/staff/sessions"] = "login", ["/api/v1/staff/passkey-questions"] = "login", ["/api/v1/staff/passkey-sessions"] = "login", ["/api/v1/staff/enrolments"] = "one-time address", ["/api/v1/staff/enrolments/finish"] = "one-time address",
        ["/terminal/enrol"] = "one-time code", ["/api/v1/terminals"] = "one-time code",
        ["/healthz"] = "machines", ["/readyz"] = "machines", ["/api/{documentName}/openapi.json"] = "machines", ["/api/v1/openapi.json"] = "machines", ["/text-size/{name}"] = "a cookie for the eyes",
    };

    [Fact]
    public async Task V_D1_V_D3_a_stranger_gets_into_nothing_that_is_not_listed()
    {
        await using var town = await CouponTown.Open(partner: false, settings: ["MyKey:Limits:AttemptsPerMinute=100000", "MyKey:Limits:AnonymousPerMinute=100000"]);
        using var stranger = town.Town.App.Client();
        await Shut(town, stranger, route => !Open.ContainsKey(route), "a stranger");
    }

    [Fact]
    public async Task V_D1_V_D3_a_citizen_gets_into_no_other_shell_and_sees_nothing_behind_a_number_that_is_not_his()
    {
        await using var town = await CouponTown.Open(partner: false, settings: ["MyKey:Limits:AttemptsPerMinute=100000", "MyKey:Limits:AnonymousPerMinute=100000"]);
        await town.Town.Resident(home: Residents.A);
        using var citizen = await town.Town.LoggedIn();
        await Shut(town, citizen, route => Staff(route) || route.StartsWith("/terminal", StringComparison.Ordinal) && route != "/terminal/enrol", "a citizen");
        await Shut(town, citizen, route => route.StartsWith("/api/v1/my/", StringComparison.Ordinal) && route.Contains("{id", StringComparison.Ordinal), "a citizen with a number that is nobody's", post: false);
    }

    [Fact]
    public async Task V_D3_an_officer_is_no_operator_no_citizen_and_no_terminal()
    {
        await using var town = await CouponTown.Open(partner: false, settings: ["MyKey:Limits:AttemptsPerMinute=100000", "MyKey:Limits:AnonymousPerMinute=100000"]);
        using var officer = await town.Desk.Officer("AP-001", Residents.A, Role.Officer, Role.Approver, Role.TerminalAdmin, Role.StaffAdmin, Role.SupportDesk);
        await Shut(town, officer, route => !Open.ContainsKey(route) && !route.StartsWith("/office", StringComparison.Ordinal) && !route.StartsWith("/api/v1/office", StringComparison.Ordinal)
            && !Public(route), "an officer");
    }

    private static bool Staff(string route) => !Open.ContainsKey(route) && (route.StartsWith("/office", StringComparison.Ordinal) || route.StartsWith("/operator", StringComparison.Ordinal)
        || route.StartsWith("/api/v1/office", StringComparison.Ordinal) || route.StartsWith("/api/v1/operator", StringComparison.Ordinal));

    /// <summary>Lists that everybody may read, by API as on the portal.</summary>
    private static bool Public(string route) => PublicLists.Contains(route);

    private static readonly HashSet<string> PublicLists = ["/api/v1/council", "/api/v1/capabilities", "/api/v1/municipal-points", "/api/v1/municipal-points/{code}", "/api/v1/announcements", "/api/v1/featured-points", "/api/v1/faq", "/api/v1/support-places", "/api/v1/partners", "/api/v1/online-sites", "/api/v1/libraries", "/api/v1/payment-services", "/api/v1/mynapoint", "/api/v1/offers", "/api/v1/offers/categories", "/api/v1/offers/{id:guid}", "/api/v1/activities", "/api/v1/activities/{id:guid}", "/api/v1/places", "/api/v1/places/kinds", "/api/v1/places/{id:guid}", "/api/v1/open-data/months", "/api/v1/open-data/months.csv"];

    private static async Task Shut(CouponTown town, HttpClient caller, Func<string, bool> which, string who, bool post = true)
    {
        var wrong = new List<string>();
        var tried = 0;
        foreach (var endpoint in town.Town.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            if (!which(route) || Public(route)) continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                if (!post && method != "GET") continue;
                tried++;
                using var request = new HttpRequestMessage(new HttpMethod(method), Path(route));
                if (method is "POST" or "PUT" or "PATCH") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
                var answer = await caller.SendAsync(request);
                if (!await IsShut(answer)) wrong.Add($"{method} {route}: {(int)answer.StatusCode} {answer.Headers.Location}");
            }
        }
        Assert.True(wrong.Count == 0, $"open to {who}:\n{string.Join('\n', wrong)}");
        Assert.True(tried > 5, $"{tried} routes tried");
    }

    /// <summary>Nobody is there, somebody else is, there is no such thing; or the request was none that anything looked at.</summary>
    private static readonly HashSet<string> Shuts =
    [
        "login_required", "session_expired", "terminal_unknown", "key_unknown", "role_forbidden", "scope_denied", "not_found", "ticket_unknown", "media_type", "body_unreadable", "field_required", "field_unknown", "number_format", "transfer_unknown",
        "municipality_unknown", "link_required", "charge_not_offered", "card_unknown", "provider_unknown",
    ];

    /// <summary>Refused, or sent to a login; a body that could not be read got to no rule.</summary>
    private static async Task<bool> IsShut(HttpResponseMessage answer)
    {
        if (answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther) return answer.Headers.Location!.OriginalString is var to && (to.Contains("/login", StringComparison.Ordinal) || to.StartsWith("/terminal/enrol", StringComparison.Ordinal));
        if ((int)answer.StatusCode is < 400 or >= 500) return false;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return true;
        var code = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
        return Shuts.Contains(code!);
    }

    /// <summary>An address of a route: a value for each of its holes, whether there is such a thing or not.</summary>
    internal static string Path(string route) => Placeholder().Replace(route, m => m.Value switch
    {
        var v when v.Contains(":guid", StringComparison.Ordinal) => "0198a0b0-0000-7000-8000-000000000001",
        var v when v.Contains(":length(9)", StringComparison.Ordinal) => "123456789",
        var v when v.Contains(":length(34)", StringComparison.Ordinal) => new string('0', 34),
        var v when v.Contains(":int", StringComparison.Ordinal) => "1",
        _ => "132985",
    });

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}
