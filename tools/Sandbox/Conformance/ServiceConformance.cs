using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;

namespace MyKey.Sandbox.Conformance;

/// <summary>What a payment service is tried with.</summary>
/// <param name="Url">Begins the addresses of its interface.</param>
/// <param name="Key">Client id and secret, <c>id:secret</c>.</param>
/// <param name="Member">A member of the service for this: service ID and security code, <c>id:code</c>.</param>
public sealed record ServiceUnderTest(Uri Url, string Key, string Member);

/// <summary>One rule of docs/payment-service-interface.md and what the service did.</summary>
/// <param name="Wrong">null: it keeps the rule.</param>
public sealed record Finding(string Rule, string? Wrong);

/// <summary><c>conformance payment-service</c>: every case of docs/payment-service-interface.md against a service, over its real interface. It grants the member one point.</summary>
public sealed class ServiceConformance(ServiceUnderTest service) : IDisposable
{
    private const int OneMinuteMs = 60_000;

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = LoopbackHosts.Connect }) { Timeout = TimeSpan.FromSeconds(10) };

    private string account = "";

    public async Task<IReadOnlyList<Finding>> Run()
    {
        (string Rule, Func<Task<string?>> Try)[] cases =
        [
            ("another secret is refused", OtherSecret),
            ("a member is verified and named by a word of the service", Verified),
            ("a wrong security code is wrong, not an error", WrongCode),
            ("an unknown service ID is wrong, not an error", UnknownId),
            ("a body that is none is refused", Garbage),
            ("an order that never came is unknown", Unknown),
            ("an order is accepted or granted, with its number and amount", Granted),
            ("the same order again is the same again", Again),
            ("the same number for another amount is refused and changes nothing", OtherAmount),
            ("asked about, an order is what it was", Asked),
            ("an account that is none is refused as invalid_account, and stays so", InvalidAccount),
            ("an order at or after notAfterMs is refused as expired", Expired),
            ("an amount of nothing is refused", Nothing),
        ];
        var found = new List<Finding>();
        foreach (var (rule, attempt) in cases) found.Add(new Finding(rule, await Safely(attempt)));
        return found;
    }

    public void Dispose() => http.Dispose();

    private readonly Guid order = Guid.CreateVersion7();

    private async Task<string?> OtherSecret()
    {
        var (status, _) = await Send(HttpMethod.Post, "verifications", new { serviceId = "x", securityCode = "x" }, key: "mykey:not-the-secret-of-anybody");
        return status == HttpStatusCode.Unauthorized ? null : $"answered {(int)status}, not 401";
    }

    private async Task<string?> Verified()
    {
        var (status, body) = await Verify(service.Member.Split(':')[0], service.Member.Split(':')[1]);
        account = Text(body, "account") ?? "";
        return status != HttpStatusCode.OK || Text(body, "state") != "ok" ? Odd(status, body) : account.Length is > 0 and <= 100 && account.All(c => c is > ' ' and <= '~') ? null : "account is not 1 to 100 printable characters";
    }

    private async Task<string?> WrongCode() => Wrong(await Verify(service.Member.Split(':')[0], "not-the-code"));

    private async Task<string?> UnknownId() => Wrong(await Verify("nobody-has-this-id", "not-the-code"));

    private async Task<string?> Garbage()
    {
        using var request = Request(HttpMethod.Post, "grants", service.Key);
        request.Content = new StringContent("{\"id\":", Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.BadRequest ? null : $"answered {(int)answer.StatusCode}, not 400";
    }

    private async Task<string?> Unknown()
    {
        var id = Guid.CreateVersion7();
        var (status, body) = await Send(HttpMethod.Get, $"grants/{id}");
        return status == HttpStatusCode.OK && Is(body, id, "unknown") ? null : Odd(status, body);
    }

    private async Task<string?> Granted() => Taken(await Grant(order, account, 1), 1);

    private async Task<string?> Again() => Taken(await Grant(order, account, 1), 1);

    private async Task<string?> OtherAmount()
    {
        var (status, body) = await Grant(order, account, 2);
        if (status != HttpStatusCode.Conflict || Text(body, "state") == "refused") return $"{Odd(status, body)}; 409 without a state was to come";
        return Taken(await Send(HttpMethod.Get, $"grants/{order}"), 1);
    }

    private async Task<string?> Asked() => Taken(await Send(HttpMethod.Get, $"grants/{order}"), 1);

    private async Task<string?> InvalidAccount()
    {
        var id = Guid.CreateVersion7();
        return Refused(await Grant(id, "nobody-has-this-account", 1), id, "invalid_account") ?? Refused(await Send(HttpMethod.Get, $"grants/{id}"), id, "invalid_account");
    }

    private async Task<string?> Expired()
    {
        var id = Guid.CreateVersion7();
        return Refused(await Grant(id, account, 1, -OneMinuteMs), id, "expired");
    }

    private async Task<string?> Nothing()
    {
        var (status, body) = await Grant(Guid.CreateVersion7(), account, 0);
        return status == HttpStatusCode.BadRequest ? null : $"{Odd(status, body)}; 400 was to come";
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Verify(string id, string code) => Send(HttpMethod.Post, "verifications", new { serviceId = id, securityCode = code });

    private Task<(HttpStatusCode Status, JsonElement Body)> Grant(Guid id, string to, long points, int inMs = OneMinuteMs) =>
        Send(HttpMethod.Post, "grants", new { id, account = to, municipality = "132985", points, notAfterMs = TimeProvider.System.NowMs() + inMs }, id);

    private async Task<(HttpStatusCode Status, JsonElement Body)> Send(HttpMethod method, string path, object? content = null, Guid? id = null, string? key = null)
    {
        using var request = Request(method, path, key ?? service.Key);
        if (content is not null) request.Content = JsonContent.Create(content);
        if (id is { } one) request.Headers.Add("Idempotency-Key", one.ToString());
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        try
        {
            using var json = JsonDocument.Parse(text.Length == 0 ? "null" : text);
            return (answer.StatusCode, json.RootElement.Clone());
        }
        catch (JsonException)
        {
            return (answer.StatusCode, default);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string key)
    {
        var request = new HttpRequestMessage(method, $"{service.Url.OriginalString.TrimEnd('/')}/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(key)));
        return request;
    }

    private static async Task<string?> Safely(Func<Task<string?>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException)
        {
            return $"no answer: {none.Message}";
        }
    }

    private string? Taken((HttpStatusCode Status, JsonElement Body) said, long points) =>
        said.Status is HttpStatusCode.OK or HttpStatusCode.Created && (Is(said.Body, order, "accepted") || Is(said.Body, order, "granted")) && said.Body.TryGetProperty("points", out var many) && many.TryGetInt64(out var number) && number == points
            ? null : Odd(said.Status, said.Body);

    private static string? Refused((HttpStatusCode Status, JsonElement Body) said, Guid id, string reason) =>
        said.Status is HttpStatusCode.OK or HttpStatusCode.Conflict && Is(said.Body, id, "refused") && Text(said.Body, "reason") == reason ? null : Odd(said.Status, said.Body);

    private static string? Wrong((HttpStatusCode Status, JsonElement Body) said) => said.Status == HttpStatusCode.OK && Text(said.Body, "state") == "wrong" ? null : Odd(said.Status, said.Body);

    private static bool Is(JsonElement body, Guid id, string state) => Text(body, "id") == id.ToString() && Text(body, "state") == state;

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Odd(HttpStatusCode status, JsonElement body)
    {
        var text = body.ValueKind == JsonValueKind.Undefined ? "no JSON" : body.GetRawText();
        return $"answered {(int)status} {(text.Length > 120 ? text[..120] : text)}";
    }
}

/// <summary>The command line of it.</summary>
public static class ConformanceCommand
{
    /// <returns>0: every rule is kept; 1: not; 2: not understood.</returns>
    public static async Task<int> Run(string[] args)
    {
        if (args is ["premium-events", "--file", var file] && File.Exists(file)) return Tell(PremiumConformance.Run(File.ReadLines(file)));
        if (args is not ["payment-service", .. var rest] || Value(rest, "--url") is not { } url || !Uri.TryCreate(url, UriKind.Absolute, out var address) || Value(rest, "--key")?.Contains(':') != true || Value(rest, "--member")?.Contains(':') != true)
        {
            Console.Error.WriteLine("conformance payment-service --url <address> --key <client id>:<secret> --member <service ID>:<security code>");
            Console.Error.WriteLine("conformance premium-events --file <events.csv>");
            return 2;
        }
        using var kit = new ServiceConformance(new ServiceUnderTest(address, Value(rest, "--key")!, Value(rest, "--member")!));
        return Tell(await kit.Run());
    }

    private static int Tell(IReadOnlyList<Finding> found)
    {
        foreach (var (rule, wrong) in found) Console.WriteLine($"{(wrong is null ? "ok  " : "BAD ")} {rule}{(wrong is null ? "" : $": {wrong}")}");
        Console.WriteLine($"{found.Count(f => f.Wrong is null)} kept, {found.Count(f => f.Wrong is not null)} not kept");
        return found.All(f => f.Wrong is null) ? 0 : 1;
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
