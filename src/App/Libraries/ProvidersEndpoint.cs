using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <param name="Code">1 to 8 letters and digits, of a new one; once given it stays.</param>
/// <param name="Kind">A code of <c>/api/v1/operator/provider-kinds</c>; stays as well.</param>
/// <param name="Shortest">Characters of its numbers, from 1.</param>
/// <param name="Longest">To 20.</param>
/// <param name="Letters">Letters as well as digits.</param>
/// <param name="SelfLink">Citizens may link their number on My Page.</param>
/// <param name="State"><c>active</c> or <c>ended</c>.</param>
public sealed record ProviderRequest(string Name, int Shortest, int Longest, string? Code = null, string? Kind = null, bool Letters = false, bool SelfLink = false, DateOnly? From = null, DateOnly? Until = null,
    string State = "active");

public sealed record ProviderReply(Guid Id, string Code, string Kind, string Name, string Municipality, int Shortest, int Longest, bool Letters, bool SelfLink, DateOnly? From, DateOnly? Until, string State)
{
    public static ProviderReply Of(ServiceProvider p) => new(p.Id.Value, p.Code, p.Kind.Code, p.Name, p.Municipality.Value, p.Numbers.Shortest, p.Numbers.Longest, p.Numbers.Letters, p.SelfLink, p.From, p.Until,
        Words<ProviderState>.Of(p.State));
}

/// <param name="Id">UUID made by the caller: the same again gets a new code, not a second device.</param>
/// <param name="Profile"><c>library_counter</c> or <c>self_lending</c>.</param>
public sealed record ProviderDeviceRequest(Guid Id, string Label, string Profile);

/// <param name="Code">10 characters to type at the device, once, 15 minutes.</param>
public sealed record ProviderDeviceCodeReply(Guid Id, string Code, long UntilMs)
{
    public static ProviderDeviceCodeReply Of(RegisteredTerminal t) => new(t.Id.Value, t.Code, t.UntilMs);
}

public sealed record ProviderDeviceReply(Guid Id, string Label, string Profile, string State, long? UsedMs)
{
    public static ProviderDeviceReply Of(Terminal t) => new(t.Id.Value, t.Label, string.Join(' ', t.Profiles.Select(TerminalProfiles.Name)), Words<TerminalState>.Of(t.State), t.UsedMs);
}

/// <param name="Name">Japanese, up to 40 characters.</param>
/// <param name="Words">How it is read and what else it is called, with 、 between, up to 100 characters: people who look for places find it by these. Empty: they stay as they are.</param>
public sealed record ProviderKindRequest(string Name, string? Words = null);

public sealed record ProviderKindReply(string Code, string Name, string Words)
{
    public static ProviderKindReply Of(ProviderKind k) => new(k.Code, k.Name, k.Words);
}

/// <summary>Service providers for offices, kinds of them for operators (S2-P3a). A device is stopped at <c>/api/v1/office/terminals</c> like any other.</summary>
public static class ProvidersEndpoint
{
    public static void MapProviders(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/providers");
        group.MapGet("/", List);
        group.MapGet("/{id:guid}", Get);
        group.MapPut("/{id:guid}", Put);
        group.MapGet("/{id:guid}/devices", Devices);
        group.MapPost("/{id:guid}/devices", AddDevice).Produces<ProviderDeviceCodeReply>(StatusCodes.Status201Created);
        var kinds = app.MapGroup("/api/v1/operator/provider-kinds");
        kinds.MapGet("/", Kinds);
        kinds.MapPut("/{code}", PutKind);
    }

    private static async Task<Answer<List<ProviderReply>>> List(HttpContext context, OfficeProviders providers) =>
        (await context.InOffice(providers.List)).Then<List<ProviderReply>>(all => all.Select(ProviderReply.Of).ToList());

    private static async Task<Answer<ProviderReply>> Get(Guid id, HttpContext context, OfficeProviders providers) =>
        (await context.InOffice(work => providers.One(work, new ServiceProviderId(id)))).Then<ProviderReply>(p => ProviderReply.Of(p));

    private static async Task<Answer<ProviderReply>> Put(Guid id, ProviderRequest request, HttpContext context, OfficeProviders providers, CancellationToken stop) =>
        (await context.InOffice(work => providers.Save(work, new ServiceProviderId(id), new ProviderEntry(request.Code, request.Kind, request.Name, request.Shortest, request.Longest, request.Letters,
            request.SelfLink, request.From, request.Until, request.State), stop))).Then<ProviderReply>(p => ProviderReply.Of(p));

    private static async Task<Answer<List<ProviderDeviceReply>>> Devices(Guid id, HttpContext context, OfficeProviders providers, CancellationToken stop) =>
        await context.InOffice<List<ProviderDeviceReply>>(async work =>
        {
            var provider = await providers.One(work, new ServiceProviderId(id));
            return provider.Refused is { } no ? no : (await providers.Devices(provider.Value, stop)).Select(ProviderDeviceReply.Of).ToList();
        });

    private static async Task<Answer<ProviderDeviceCodeReply>> AddDevice(Guid id, ProviderDeviceRequest request, HttpContext context, OfficeProviders providers, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => providers.AddDevice(work, new ServiceProviderId(id), (new TerminalId(request.Id), request.Label, request.Profile), stop)))
            .Then<ProviderDeviceCodeReply>(t => ProviderDeviceCodeReply.Of(t)));

    private static async Task<Answer<List<ProviderKindReply>>> Kinds(HttpContext context, OfficeProviders providers) =>
        await context.AtPlatform<List<ProviderKindReply>>(async _ => (await providers.Kinds()).Select(ProviderKindReply.Of).ToList());

    private static async Task<Answer<ProviderKindReply>> PutKind(string code, ProviderKindRequest request, HttpContext context, OfficeProviders providers, CancellationToken stop) =>
        (await context.AtPlatform(work => providers.SaveKind(work, code, request.Name, request.Words, stop))).Then<ProviderKindReply>(k => ProviderKindReply.Of(k));
}
