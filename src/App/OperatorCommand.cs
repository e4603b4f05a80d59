using System.CommandLine;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;

namespace MyKey.App;

/// <summary><c>operator add</c>: the one-time address at which the first operator enrols (decision 4). Exit code 1 once one has.</summary>
public static class OperatorCommand
{
    public static Command Make()
    {
        var number = new Option<string>("--number") { Description = "The operator's staff number.", DefaultValueFactory = _ => "OP-001" };
        var port = new Option<int>("--port") { Description = "Port of the site in the printed address.", DefaultValueFactory = _ => 5080 };
        var add = new Command("add", "Print the one-time address at which the first operator enrols; good for 24 hours.") { number, port };
        add.SetAction(async (parsed, stop) =>
        {
            await using var app = await Startup.Build([]);
            var made = await app.Services.GetRequiredService<AddFirstOperator>().Add(parsed.GetValue(number), stop);
            if (made.Refused is { } no)
            {
                var (what, rule, next) = no.Sentences();
                await Console.Error.WriteLineAsync($"{no.Code}: {what}。{rule}。{next}。");
                return 1;
            }
            var site = app.Services.GetRequiredService<Site>();
            var local = site.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
            Console.WriteLine($"{(local ? $"http://{site.Host}:{parsed.GetValue(port)}" : $"https://{site.Host}")}{StaffDoor.Operator.EnrolPath}?token={Uri.EscapeDataString(made.Value)}");
            return 0;
        });
        return new Command("operator", "Operators of the platform.") { add };
    }
}
