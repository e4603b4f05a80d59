using System.Text.Json;

namespace MyKey.Sandbox.Demo;

/// <summary>Members of staff with password and authenticator, who enrol and log in as people do.</summary>
public sealed class DemoStaff(Uri site, Authenticators authenticators)
{
    public const string Password = "aoi-tsubasa-9041";
    public const string OperatorNumber = "OP-001";
    private readonly Dictionary<string, Guid> members = [];

    public DemoClient Operator { get; private set; } = null!;

    /// <param name="token">Of the address that <c>./mykey operator add</c> printed.</param>
    public async Task Begin(string token, CancellationToken stop)
    {
        await Enrol(token, stop);
        Operator = await LogIn("operator", OperatorNumber, stop);
    }

    /// <summary>Comes back to staff who have enrolled.</summary>
    public async Task Return(CancellationToken stop)
    {
        Operator = await LogIn("operator", OperatorNumber, stop);
        foreach (var member in (await Operator.Get<JsonElement>("/api/v1/operator/staff", stop)).EnumerateArray()) members[member.GetProperty("number").GetString()!] = member.GetProperty("id").GetGuid();
    }

    /// <summary>While there is one operator, an invitation holds at once.</summary>
    public async Task Invite(string number, string? municipality, string role, CancellationToken stop)
    {
        var invited = await Change(new { id = Guid.CreateVersion7(), kind = "invite", staff = (Guid?)null, number, role, municipality }, stop);
        members[number] = invited.GetProperty("staff").GetGuid();
        await Enrol(Token(invited), stop);
    }

    public Task Give(string number, string municipality, string role, CancellationToken stop) =>
        Change(new { id = Guid.CreateVersion7(), kind = "give_role", staff = (Guid?)members[number], number = (string?)null, role, municipality }, stop);

    public async Task<DemoClient> LogIn(string shell, string number, CancellationToken stop)
    {
        var client = new DemoClient(site);
        await client.Send(HttpMethod.Post, "/api/v1/staff/sessions", new { shell, number, password = Password, code = authenticators[number].Next() }, stop);
        return client;
    }

    private Task<JsonElement> Change(object change, CancellationToken stop) => Operator.Send<JsonElement>(HttpMethod.Post, "/api/v1/operator/staff", change, stop);

    private static string Token(JsonElement invited) => Uri.UnescapeDataString(invited.GetProperty("enrolUrl").GetString()!.Split("token=")[1]);

    private async Task Enrol(string token, CancellationToken stop)
    {
        using var client = new DemoClient(site);
        var begun = await client.Send<JsonElement>(HttpMethod.Post, "/api/v1/staff/enrolments", new { token }, stop);
        var number = begun.GetProperty("number").GetString()!;
        authenticators.Add(number, begun.GetProperty("totpSecret").GetString()!);
        await client.Send(HttpMethod.Post, "/api/v1/staff/enrolments/finish", new { token, password = Password, code = authenticators[number].Next() }, stop);
    }
}
