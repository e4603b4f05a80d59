using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>Either a token or a certificate.</summary>
/// <param name="CitizenToken">Of <c>/api/v1/citizen-tokens</c>, or of a card at this device.</param>
/// <param name="Provider">Left out, or this device's own; another's is <c>scope_denied</c>.</param>
/// <param name="Certificate">Of the card on the reader of this device: DER, base64url without padding.</param>
public sealed record LookupRequest(string? CitizenToken = null, string? Provider = null, string? Certificate = null);

/// <param name="UserNumber">By which this provider knows the citizen.</param>
public sealed record LookupReply(string UserNumber);

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="UserNumber">In the form of the provider's numbers.</param>
public sealed record LinkRequest(Guid Id, string CitizenToken, string UserNumber);

public sealed record LinkEndRequest(Guid Id, string CitizenToken);

/// <param name="Use">The provider wants to hear that the address has changed.</param>
public sealed record NoticeRequest(string CitizenToken, bool Use);

/// <param name="Provider">Its code, e.g. A1.</param>
/// <param name="AddressNotice">Set by the provider only.</param>
public sealed record LinkReply(string Provider, string UserNumber, bool AddressNotice, long SinceMs)
{
    internal static LinkReply Of(ServiceLink link, RegistryView view) => new(Must.Have(view.Find(link.Provider), "a link has a provider").Code, link.Number, link.Notice, link.MadeMs);
}

/// <param name="ChangedOn">The day on which the address has changed; where to, nobody says.</param>
public sealed record AddressNoticeReply(Guid Id, string UserNumber, DateOnly ChangedOn);

/// <param name="Name">Of the provider.</param>
/// <param name="Blocked">It is shown no number.</param>
public sealed record MyLinkReply(string Provider, string Name, string Kind, string UserNumber, bool AddressNotice, bool Blocked, long SinceMs);

/// <param name="Provider">The code of one where citizens link themselves.</param>
public sealed record MyLinkRequest(string Provider, string UserNumber);

public sealed record MyNoticeRequest(bool Use);

/// <param name="Provider">null after some days: then only the kind is kept.</param>
/// <param name="Device"><c>counter</c>, <c>machine</c> or <c>system</c>.</param>
/// <param name="Answer"><c>told</c>, <c>not_linked</c> or <c>blocked</c>.</param>
public sealed record MyLookupReply(long AtMs, string? Provider, string Kind, string Device, string Answer);

/// <summary>Numbers of providers: for their devices and systems under <c>/api/v1/links</c>, for the citizen under <c>/api/v1/my</c>. There is no field for what is lent (S0-3005).</summary>
public static class LinksEndpoint
{
    public static void MapLinks(this WebApplication app)
    {
        var desk = app.MapGroup("/api/v1/links");
        desk.MapPost("/lookups", Look);
        desk.MapPost("/", Make).RequireRateLimiting(RateLimits.Attempts).Produces<LinkReply>(StatusCodes.Status201Created);
        desk.MapDelete("/", End);
        desk.MapPut("/notice", Notice);
        desk.MapGet("/address-notices", Notices);
        desk.MapPost("/address-notices/{id:guid}/seen", Seen);
        app.MapGet("/api/v1/libraries", async (PublicLibraries libraries) => (Answer<List<ListedLibrary>>)(await libraries.All()).ToList()).RequireRateLimiting(RateLimits.Anonymous);
        var my = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Anonymous);
        my.MapGet("/links", Mine);
        my.MapPost("/links", MakeMine).RequireRateLimiting(RateLimits.Attempts).Produces<LinkReply>(StatusCodes.Status201Created);
        my.MapDelete("/links/{code}", EndMine);
        my.MapPut("/links/{code}/notice", NoticeMine);
        my.MapGet("/lookups", MyLookups);
        my.MapPut("/link-blocks/{code}", Block);
        my.MapDelete("/link-blocks/{code}", Unblock);
    }

    private static Task<Answer<LookupReply>> Look(LookupRequest request, HttpContext context, ProviderDesks desks, FindNumber find, CancellationToken stop) =>
        At<LookupReply>(context, desks, TerminalCall.FindLink, async desk =>
        {
            if (request.Provider is { } asked && !asked.Equals(desk.Provider.Code, StringComparison.OrdinalIgnoreCase)) return Refusal.Of("scope_denied");
            if (request.CitizenToken is null == request.Certificate is null) return Refusal.Of("field_required", ("field", "citizenToken"));
            var found = request.Certificate is { } shown ? await OfCard(shown, context, desk, stop) : await find.Run(desk, request.CitizenToken, stop);
            return found.Then<LookupReply>(link => new LookupReply(link.Number));
        });

    private static async Task<Result<ServiceLink>> OfCard(string shown, HttpContext context, ProviderDesk desk, CancellationToken stop)
    {
        if (context.RequestServices.GetService<FindNumberOfCard>() is not { } find) return Refusal.Of("card_unavailable");
        return CardAnswersEndpoint.Bytes(shown) is { } certificate ? await find.Run(desk, certificate, stop) : Refusal.Of("body_unreadable");
    }

    private static async Task<Answer<LinkReply>> Make(LinkRequest request, HttpContext context, ProviderDesks desks, MakeLink make, RegistryCache registry, CancellationToken stop)
    {
        var desk = await desks.Of(context, TerminalCall.MakeLink);
        if (desk.Refused is { } no) return no;
        var view = await registry.View();
        return Answer.Created((await make.Run(desk.Value, new WantedLink(request.Id, request.CitizenToken, request.UserNumber), stop)).Then<LinkReply>(l => LinkReply.Of(l, view)));
    }

    private static Task<Answer<bool>> End([FromBody] LinkEndRequest request, HttpContext context, ProviderDesks desks, EndLinks end, CancellationToken stop) =>
        At<bool>(context, desks, TerminalCall.MakeLink, desk => end.Run(desk, request.Id, request.CitizenToken, stop));

    private static async Task<Answer<LinkReply>> Notice(NoticeRequest request, HttpContext context, ProviderDesks desks, SetNotice set, RegistryCache registry, CancellationToken stop)
    {
        var view = await registry.View();
        return await At<LinkReply>(context, desks, TerminalCall.MakeLink, async desk => (await set.Run(desk, request.CitizenToken, request.Use, stop)).Then<LinkReply>(l => LinkReply.Of(l, view)));
    }

    private static Task<Answer<List<AddressNoticeReply>>> Notices(HttpContext context, ProviderDesks desks, AddressNotices notices, CancellationToken stop) => BySystem<List<AddressNoticeReply>>(context, desks, async desk =>
        (await notices.Open(desk, stop)).Then<List<AddressNoticeReply>>(all => all.Select(n => new AddressNoticeReply(n.Id, n.Number, n.ChangedOn)).ToList()));

    private static Task<Answer<bool>> Seen(Guid id, HttpContext context, ProviderDesks desks, AddressNotices notices, CancellationToken stop) => BySystem<bool>(context, desks, desk => notices.See(desk, id, stop));

    /// <summary>By a key with <c>links.write</c>: a counter's page asks its code first, which a call has no place for.</summary>
    private static Task<Answer<T>> BySystem<T>(HttpContext context, ProviderDesks desks, Func<ProviderDesk, Task<Result<T>>> work) =>
        At<T>(context, desks, TerminalCall.MakeLink, desk => desk.Kind == DeskKind.System ? work(desk) : Task.FromResult<Result<T>>(Refusal.Of("role_forbidden")));

    private static async Task<Answer<List<MyLinkReply>>> Mine(HttpContext context, FindLinks find, LinkBlocks blocks, RegistryCache registry, CancellationToken stop) =>
        await context.AsCitizen<List<MyLinkReply>>(async citizen =>
        {
            var (view, blocked) = (await registry.View(), await blocks.Of(citizen.Id, stop));
            return (from link in await find.Of(citizen.Id, stop)
                    let provider = Must.Have(view.Find(link.Provider), "a link has a provider")
                    select new MyLinkReply(provider.Code, provider.Name, provider.Kind.Code, link.Number, link.Notice, blocked.Contains(provider.Id), link.MadeMs)).ToList();
        });

    private static async Task<Answer<LinkReply>> MakeMine(MyLinkRequest request, HttpContext context, MakeLink make, RegistryCache registry, CancellationToken stop)
    {
        var view = await registry.View();
        return Answer.Created(await context.AsCitizen<LinkReply>(async citizen => (await make.Run(citizen.Id, request.Provider, request.UserNumber, stop)).Then<LinkReply>(l => LinkReply.Of(l, view))));
    }

    private static async Task<Answer<bool>> EndMine(string code, HttpContext context, EndLinks end, CancellationToken stop) =>
        await context.AsCitizen<bool>(async citizen => await end.Run(citizen.Id, code, stop) ? true : Refusal.Of("not_found"));

    /// <summary>The provider sets it, the citizen cannot (S0-5014b).</summary>
    private static async Task<Answer<bool>> NoticeMine(string code, MyNoticeRequest request, HttpContext context) =>
        await context.AsCitizen<bool>(_ => Task.FromResult<Result<bool>>(Refusal.Of("provider_only")));

    private static async Task<Answer<List<MyLookupReply>>> MyLookups(HttpContext context, Lookups lookups, RegistryCache registry, CancellationToken stop) =>
        await context.AsCitizen<List<MyLookupReply>>(async citizen =>
        {
            var view = await registry.View();
            return (await lookups.Of(citizen.Id, stop)).Select(l => new MyLookupReply(l.AtMs, l.Provider is { } id ? view.Find(id)?.Code : null, l.Kind, Words<DeskKind>.Of(l.Device), Words<LookupAnswer>.Of(l.Answer))).ToList();
        });

    private static async Task<Answer<bool>> Block(string code, HttpContext context, LinkBlocks blocks, CancellationToken stop) => await context.AsCitizen(citizen => blocks.Set(citizen.Id, code, true, stop));

    private static async Task<Answer<bool>> Unblock(string code, HttpContext context, LinkBlocks blocks, CancellationToken stop) => await context.AsCitizen(citizen => blocks.Set(citizen.Id, code, false, stop));

    private static async Task<Answer<T>> At<T>(HttpContext context, ProviderDesks desks, TerminalCall call, Func<ProviderDesk, Task<Result<T>>> work)
    {
        var desk = await desks.Of(context, call);
        return desk.Refused is { } no ? no : await work(desk.Value);
    }
}
