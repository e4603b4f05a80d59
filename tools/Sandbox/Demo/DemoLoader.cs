namespace MyKey.Sandbox.Demo;

/// <summary><c>load-demo</c>: fills a fresh App with the demonstration data, through its public API.</summary>
public static class DemoLoader
{
    public const string AuthenticatorsFile = "data/sandbox/authenticators.json";

    /// <param name="args">Site, such as http://mykey.localhost:5080; folder of the cards; port of the sandbox. The enrolment address comes on standard input.</param>
    /// <returns>0; 1 when the App refused something, which is told.</returns>
    public static async Task<int> Run(string[] args)
    {
        var (site, cards) = (new Uri(args[0]), args[1]);
        var enrol = await Console.In.ReadLineAsync() ?? "";
        try
        {
            var staff = new DemoStaff(site, new Authenticators(AuthenticatorsFile, TimeProvider.System));
            await staff.Begin(Uri.UnescapeDataString(enrol.Split("token=")[^1]), CancellationToken.None);
            await new DemoTown(site, cards).Furnish(staff, CancellationToken.None);
            // Last: a second operator comes with them.
            var port = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);
            var second = await new DemoPartners(site, port).Furnish(staff, CancellationToken.None);
            await new DemoOnline(port).Furnish((staff, second), CancellationToken.None);
            return 0;
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
