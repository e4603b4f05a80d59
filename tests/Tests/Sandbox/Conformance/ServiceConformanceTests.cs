using MyKey.Sandbox.Conformance;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.PaymentServices;

namespace MyKey.Tests.Sandbox.Conformance;

/// <summary>Goal: the kit finds nothing at a service that keeps the rules, and each rule that one breaks.</summary>
public class ServiceConformanceTests
{
    [Fact]
    public async Task S1_S3_a_service_that_keeps_the_rules_passes_and_one_that_keeps_none_does_not()
    {
        await using var site = await PaySite.Start(TimeProvider.System);
        Assert.DoesNotContain(await Run(site), f => f.Wrong is not null);

        site.Books.Set("midori", ServiceFault.Careless);
        var careless = (await Run(site)).Where(f => f.Wrong is not null).Select(f => f.Rule).ToList();
        foreach (var rule in new[] { "another amount", "invalid_account", "expired" }) Assert.Contains(careless, r => r.Contains(rule, StringComparison.Ordinal));
        site.Books.Set("midori", ServiceFault.Lies);
        Assert.Contains(await Run(site), f => f.Wrong is not null && f.Rule.Contains("with its number and amount", StringComparison.Ordinal));
        site.Books.Set("midori", ServiceFault.Down);
        Assert.DoesNotContain(await Run(site), f => f.Wrong is null);
        Assert.Equal(2, await ConformanceCommand.Run(["payment-service", "--url", "not an address"]));
    }

    [Fact]
    public void S3_20_a_file_of_events_is_looked_at_before_it_is_sent()
    {
        Assert.DoesNotContain(PremiumConformance.Run(["eventId,number,kind,amount,at,reverses", "e-1,pay-0001,purchase,4000,2017-12-15,", "r-1,,return,,2017-12-15T10:00:00+09:00,e-1"]), f => f.Wrong is not null);
        var wrong = PremiumConformance.Run(["eventId,kind,amount,at,shop", "e-1,gift,0,someday,x", "e-1,return,5,2017-12-15,x", "e 2,purchase,4000,2017-12-15,x"]).Where(f => f.Wrong is not null).ToList();
        Assert.Equal(["shop", "line 4", "line 3", "line 2", "line 2", "line 2", "line 2", "line 3"], wrong.Select(f => f.Wrong));
    }

    private static async Task<IReadOnlyList<Finding>> Run(PaySite site)
    {
        var (id, code) = ServiceBooks.Member(5);
        using var kit = new ServiceConformance(new ServiceUnderTest(new Uri(site.ApiOf("midori")), $"{ServiceBooks.ClientId}:{ServiceBooks.ClientSecret}", $"{id}:{code}"));
        return await kit.Run();
    }
}
