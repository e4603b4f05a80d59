namespace MyKey.Sandbox.Demo;

/// <summary><c>load-demo</c>: fills an App that has the months before (<see cref="DemoMonths"/>) with the demonstration data, through its public API.</summary>
public static class DemoLoader
{
    public const string AuthenticatorsFile = "data/sandbox/authenticators.json";

    /// <param name="args">Site, such as http://mykey.localhost:5080; folder of the cards; port of the sandbox.</param>
    /// <returns>0; 1 when the App refused something, which is told.</returns>
    public static async Task<int> Run(string[] args)
    {
        var (site, cards) = (new Uri(args[0]), args[1]);
        try
        {
            var staff = new DemoStaff(site, new Authenticators(AuthenticatorsFile, TimeProvider.System));
            await staff.Return(CancellationToken.None);
            await new DemoTown(site, cards).Furnish(staff, CancellationToken.None);
            // Last: a second operator comes with them.
            var port = int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture);
            var second = await new DemoPartners(site, port, TimeProvider.System).Furnish(staff, CancellationToken.None);
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
