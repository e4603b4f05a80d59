using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Donations;

/// <param name="Municipality">Code, 6 digits.</param>
public sealed record DonationTaker(string Municipality, string Name);

/// <param name="Receipt">The number of the entry; no tax certificate comes of it.</param>
/// <param name="BalanceAfter">What the citizen can still use of these points.</param>
public sealed record DonationReply(Guid Id, string Municipality, long Amount, long BalanceAfter, string Receipt, long TimeMs)
{
    public static DonationReply Of(Posted p) => new(p.Id.Value, p.Issuer.Value, p.Amount.Value, p.BalanceAfter.Value, p.Receipt.ToString(), p.TimeMs);
}

/// <summary><c>/api/v1/my/donations</c>.</summary>
public static class DonationsEndpoint
{
    public static void AddDonations(this WebApplicationBuilder builder) => builder.Services.AddSingleton<Donate>();

    public static void MapDonations(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my/donations").RequireRateLimiting(RateLimits.Attempts);
        group.MapGet("/municipalities", Takers);
        group.MapPost("", Give).Produces<DonationReply>(StatusCodes.Status201Created).Produces<DonationReply>();
    }

    private static async Task<Answer<List<DonationTaker>>> Takers(HttpContext context, Donate donate) => await context.AsCitizen<List<DonationTaker>>(async _ =>
        (await donate.Takers()).Select(m => new DonationTaker(m.Code.Value, m.Name)).ToList());

    private static async Task<Answer<DonationReply>> Give(WantedDonation request, HttpContext context, Donate donate, SignedIn signedIn)
    {
        var repeated = false;
        var answer = await context.AsCitizen<DonationReply>(async citizen =>
        {
            var posted = await donate.Run(citizen, signedIn.Session.RequireCard().Ok, request);
            if (posted.Refused is { } no) return no;
            repeated = posted.Value.Repeated;
            return DonationReply.Of(posted.Value);
        });
        return repeated ? answer : Answer.Created(answer);
    }
}
