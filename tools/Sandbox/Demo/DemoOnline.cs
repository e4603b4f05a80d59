using System.Net.Http.Json;
using System.Text.Json;
using MyKey.Kernel;
using MyKey.Kernel.Net;
using MyKey.Sandbox.Online;

namespace MyKey.Sandbox.Demo;

/// <summary>The sandbox's shop and crowdfunding site, registered as operators do it, with their keys; and what the towns let be paid there.</summary>
/// <param name="port">Where this sandbox listens.</param>
public sealed class DemoOnline(int port)
{
    private readonly DateOnly today = TimeProvider.System.Today();

    public async Task Furnish((DemoStaff Staff, DemoClient Second) operators, CancellationToken stop)
    {
        using var office = await operators.Staff.LogIn("office", "OF-001", stop);
        foreach (var town in (string[])[DemoTown.A, DemoTown.B, DemoTown.Kawasaki])
        {
            office.WorkFor(town);
            foreach (var kind in (string[])["online_shop", "crowdfunding"])
                await office.Send(HttpMethod.Put, "/api/v1/office/usage-rules", new { kind, area = town == DemoTown.B ? "prefecture" : "own" }, stop);
        }
        using var seven = await operators.Staff.LogIn("office", DemoPortal.Officer, stop);
        foreach (var town in DemoPortal.Online)
        {
            seven.WorkFor(town);
            await seven.Send(HttpMethod.Put, "/api/v1/office/usage-rules", new { kind = "online_shop", area = "own" }, stop);
        }
        await Register(operators, (OnlineParty.Shop, "見本の名産品店 やまびこ", "shop", "見本の名産品を、ポイントで選べます。"), [DemoTown.A, DemoTown.B, DemoTown.C, DemoTown.Kawasaki, .. DemoPortal.Online], stop);
        await Register(operators, (OnlineParty.Fund, "見本のクラウドファンディング みんなの種", "crowdfunding", "見本のプロジェクトを、ポイントで応援できます。"), [DemoTown.A, DemoTown.B], stop);
    }

    private async Task Register((DemoStaff Staff, DemoClient Second) operators, (string Key, string Name, string Kind, string About) wanted, string[] towns, CancellationToken stop)
    {
        var (address, own, platform) = ($"/api/v1/operator/online-sites/{wanted.Key}", $"http://{wanted.Key}.localhost:{port}", operators.Staff.Operator);
        await platform.Send(HttpMethod.Put, address, new { name = wanted.Name, kind = wanted.Kind, home = own, about = wanted.About, from = today, until = (DateOnly?)null }, stop);
        await Agree($"{address}/logins", new
        {
            from = today, authorize = $"{own}/oauth/authorize", token = $"{own}/oauth/token", api = $"{own}/mykey", clientId = OnlineBooks.ClientId, clientSecret = OnlineBooks.ClientSecret,
        });
        foreach (var municipality in towns) await Agree($"{address}/sellers", new { municipality, from = today, until = (DateOnly?)null });
        var hook = await Agree($"{address}/hook", new { url = $"{own}/mykey/events" });
        var id = Guid.CreateVersion7();
        await platform.Send(HttpMethod.Post, $"{address}/machine-keys", new { id, label = "見本の注文のシステム", networks = (string[]?)null, validDays = 30 }, stop);
        var given = await operators.Second.Send<JsonElement>(HttpMethod.Post, $"/api/v1/operator/machine-keys/{id}/approve", new { }, stop);
        await HandOver(own, given.GetProperty("key").GetString()!, hook.GetProperty("secret").GetString()!, stop);

        // One operator asks, the other looks and approves.
        async Task<JsonElement> Agree(string path, object wanted) => await operators.Second.Approve(await platform.Send<JsonElement>(HttpMethod.Post, path, wanted, stop), stop);
    }

    /// <summary>To the people of the site, as an operator would by hand.</summary>
    private static async Task HandOver(string own, string key, string hook, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LoopbackHosts.Connect });
        using var answer = await client.PostAsJsonAsync($"{own}/setup", new { key, hook }, stop);
        answer.EnsureSuccessStatusCode();
    }
}
