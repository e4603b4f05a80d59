using MyKey.Past;

// Site, such as http://mykey.localhost:5080; port of the sandbox; further configuration of the sandbox. The settings of the App come from the environment, as ever.
try
{
    return await new PastMonths(new Uri(args[0]), int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)).Play(args[2..]) ? 0 : 3;
}
catch (HttpRequestException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
