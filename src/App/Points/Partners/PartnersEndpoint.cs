using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <param name="Rate">Partner's points to municipal points, e.g. <c>100:100</c>.</param>
/// <param name="Hours">In words; <paramref name="Opens"/> and <paramref name="Closes"/> are minutes of the day in Japan.</param>
public sealed record TermsReply(DateOnly From, string Rate, long Unit, long Minimum, long? Most, string Hours, int Opens, int Closes)
{
    public static TermsReply Of(PartnerTerms t) => new(t.From, t.Rate.ToString(), t.Unit, t.Minimum, t.Most, t.Hours.ToString(), t.Hours.Opens, t.Hours.Closes);
}

public sealed record CampaignReply(DateOnly From, DateOnly Until, string Rate)
{
    public static CampaignReply Of(PartnerCampaign c) => new(c.From, c.Until, c.Rate.ToString());
}

public sealed record ModeReply(string Mode, DateOnly From, DateOnly? Until)
{
    public static ModeReply Of(PartnerMode m) => new(Words<ExchangeMode>.Of(m.Mode), m.From, m.Until);
}

/// <summary>A partner as everybody sees it today.</summary>
/// <param name="Modes"><c>id_link</c>, <c>coupon_paper</c>, <c>coupon_mail</c>, <c>coupon_url</c>.</param>
/// <param name="Rate">Of today, with the campaign if there is one.</param>
public sealed record OpenPartnerReply(string Key, string Name, string Category, string Landing, string Contact, IReadOnlyList<string> Modes, string Rate, TermsReply Terms, CampaignReply? Campaign)
{
    public static OpenPartnerReply Of(Partner p, DateOnly day) => new(p.Key, p.Name, Words<PartnerCategory>.Of(p.Category), p.Landing, p.Contact, [.. p.WaysOn(day).Select(Words<ExchangeMode>.Of)],
        p.RateOn(day)!.Value.ToString(), TermsReply.Of(p.TermsOn(day)!), p.CampaignOn(day) is { } campaign ? CampaignReply.Of(campaign) : null);
}

/// <param name="ClientId">What we are called there; the secret is never shown.</param>
public sealed record SiteReply(DateOnly From, string Authorize, string Token, string Api, string ClientId)
{
    public static SiteReply Of(PartnerSite s) => new(s.From, s.Authorize.OriginalString, s.Token.OriginalString, s.Api.OriginalString, s.ClientId);
}

/// <summary>A partner with its past and future.</summary>
/// <param name="Proposal">What was asked for waits for another operator under <c>/api/v1/operator/proposals</c>; null: it holds.</param>
public sealed record PartnerReply(string Key, string Name, string Kana, string Category, string Contact, string Landing, DateOnly From, DateOnly? Until,
    IReadOnlyList<ModeReply> Modes, IReadOnlyList<TermsReply> Terms, IReadOnlyList<CampaignReply> Campaigns, IReadOnlyList<SiteReply> Sites, Guid? Proposal = null)
{
    public static PartnerReply Of(Partner p) => new(p.Key, p.Name, p.Kana, Words<PartnerCategory>.Of(p.Category), p.Contact, p.Landing, p.From, p.Until,
        [.. p.Modes.Select(ModeReply.Of)], [.. p.Terms.Select(TermsReply.Of)], [.. p.Campaigns.Select(CampaignReply.Of)], [.. p.Sites.Select(SiteReply.Of)]);

    public static PartnerReply Of(Asked<Partner> asked) => Of(asked.Thing) with { Proposal = asked.Proposal };
}

/// <summary>The partners: <c>/api/v1/partners</c> for everybody, <c>/api/v1/operator/partners</c> for those who keep them.</summary>
public static class PartnersEndpoint
{
    public static void AddPartners(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PartnerCache>().AddSingleton<ChangePartner>().AddSingleton<IProposed, TermsProposed>().AddSingleton<IProposed, CampaignProposed>().AddSingleton<PartnerKeys>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 30, "協力会社", "/operator/partners"));

    public static void MapPartners(this WebApplication app)
    {
        app.MapGet("/api/v1/partners", Open).RequireRateLimiting(RateLimits.Anonymous);
        var group = app.MapGroup("/api/v1/operator/partners");
        group.MapGet("", List);
        group.MapPut("/{key}", Change);
        group.MapPost("/{key}/modes", Mode);
        group.MapPost("/{key}/terms", Terms);
        group.MapPost("/{key}/campaigns", Campaign);
        group.MapPost("/{key}/machine-keys", Key);
    }

    private static async Task<Answer<OpenPartnerReply[]>> Open(PartnerCache partners, TimeProvider clock)
    {
        var today = clock.Today();
        return (await partners.View()).OpenOn(today).Select(p => OpenPartnerReply.Of(p, today)).ToArray();
    }

    private static async Task<Answer<PartnerReply[]>> List(HttpContext context, PartnerCache partners) =>
        await context.AtPlatform<PartnerReply[]>(async _ => (await partners.View()).All.Select(PartnerReply.Of).ToArray());

    private static Task<Answer<PartnerReply>> Change(string key, WantedPartner request, HttpContext context, ChangePartner change, CancellationToken stop) =>
        Answered(context, work => change.Run(work, key, request, stop));

    private static Task<Answer<PartnerReply>> Mode(string key, WantedMode request, HttpContext context, ChangePartner change, CancellationToken stop) =>
        Answered(context, work => change.Mode(work, key, request, stop));

    private static Task<Answer<PartnerReply>> Terms(string key, WantedTerms request, HttpContext context, ChangePartner change, CancellationToken stop) =>
        Asked(context, work => change.Terms(work, key, request, stop));

    private static Task<Answer<PartnerReply>> Campaign(string key, WantedCampaign request, HttpContext context, ChangePartner change, CancellationToken stop) =>
        Asked(context, work => change.Campaign(work, key, request, stop));

    private static async Task<Answer<PartnerKeyReply>> Key(string key, WantedPartnerKey request, HttpContext context, PartnerKeys keys, CancellationToken stop) =>
        (await context.AtPlatform(work => keys.Ask(work, key, request, stop))).Then<PartnerKeyReply>(a => new PartnerKeyReply(a.Id, a.Machine.Value));

    private static async Task<Answer<PartnerReply>> Answered(HttpContext context, Func<StaffAtWork, Task<Result<Partner>>> change) =>
        (await context.AtPlatform(change)).Then<PartnerReply>(p => PartnerReply.Of(p));

    private static async Task<Answer<PartnerReply>> Asked(HttpContext context, Func<StaffAtWork, Task<Result<Asked<Partner>>>> change) =>
        (await context.AtPlatform(change)).Then<PartnerReply>(a => PartnerReply.Of(a));
}
