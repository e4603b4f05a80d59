using MyKey.App.OnlineSites;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.Kernel;

namespace MyKey.App.Pledges;

/// <summary>A payment at a site that is above the limits.</summary>
/// <param name="Site">Key of the site.</param>
/// <param name="Order">The site's own number of the order.</param>
/// <param name="PerUse">The limits that it is above, or that the day's sum is.</param>
/// <param name="PerDayWithoutCard">How much moves without card and PIN on a day, all things together.</param>
/// <param name="UntilMs">From then on it can't be confirmed or, once confirmed, used.</param>
public sealed record OnlineConfirmationReply(Guid Id, string Site, string Name, string Municipality, string Issuer, string Order, long Amount, long PerUse, long PerDay, long PerDayWithoutCard, long UntilMs, long? ConfirmedMs, long? UsedMs);

/// <summary><c>/api/v1/my/online-confirmations</c>: what a site may take above the limits, once.</summary>
public static class ConfirmationsEndpoint
{
    public static void MapConfirmations(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my/online-confirmations").RequireRateLimiting(RateLimits.Anonymous);
        group.MapGet("/{id:guid}", Get);
        group.MapPost("/{id:guid}/confirm", Confirm);
    }

    private static async Task<Answer<OnlineConfirmationReply>> Get(Guid id, HttpContext context, ConfirmOnline confirmations, OnlineSiteCache sites, PledgeRule rule, PasswordSum sum, CancellationToken stop) =>
        await context.AsCitizen<OnlineConfirmationReply>(async citizen => await confirmations.Find(citizen.Id, id, stop) is { } own ? await Reply(own, sites, rule, sum) : Refusal.Of("not_found"));

    private static async Task<Answer<OnlineConfirmationReply>> Confirm(Guid id, HttpContext context, ConfirmOnline confirmations, OnlineSiteCache sites, PledgeRule rule, PasswordSum sum, SignedIn signedIn, CancellationToken stop) =>
        await context.AsCitizen<OnlineConfirmationReply>(async citizen =>
        {
            var confirmed = await confirmations.Confirm(citizen.Id, signedIn.Session.RequireCard().Ok, id, stop);
            return confirmed.Refused is { } no ? no : await Reply(confirmed.Value, sites, rule, sum);
        });

    private static async Task<OnlineConfirmationReply> Reply(OnlineConfirmation c, OnlineSiteCache sites, PledgeRule rule, PasswordSum sum)
    {
        var (site, limits) = ((await sites.View()).Find(c.Site), await rule.Limits(c.Issuer));
        return new OnlineConfirmationReply(c.Id, site?.Key ?? "", site?.Name ?? "", c.Municipality.Value, c.Issuer.Value, c.Order, c.Amount.Value, limits.PerUse, limits.PerDay, await sum.Limit(), c.UntilMs, c.ConfirmedMs, c.UsedMs);
    }
}
