using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Organisers;

/// <param name="State"><c>active</c>; <c>ended</c>: it can't record any more.</param>
/// <param name="Programmes">UUIDs of those for which it may record.</param>
public sealed record OrganiserRequest(string Name, IReadOnlyList<Guid> Programmes, string State = "active");

public sealed record OrganiserReply(Guid Id, string Name, string State, IReadOnlyList<Guid> Programmes)
{
    public static OrganiserReply Of(Organiser o) => new(o.Id.Value, o.Name, Words<OrganiserState>.Of(o.State), [.. o.Programmes.Select(p => p.Value)]);
}

/// <param name="Id">UUID made by the caller: the same again gets a new code, not a second device.</param>
/// <param name="Label">Whose or where it is, no person's name.</param>
public sealed record DeviceRequest(Guid Id, string Label);

/// <param name="Code">10 characters to type at the device, once, 15 minutes.</param>
public sealed record DeviceCodeReply(Guid Id, string Code, long UntilMs)
{
    public static DeviceCodeReply Of(RegisteredTerminal t) => new(t.Id.Value, t.Code, t.UntilMs);
}

public sealed record DeviceReply(Guid Id, string Label, string State, long? UsedMs)
{
    public static DeviceReply Of(Terminal t) => new(t.Id.Value, t.Label, Words<TerminalState>.Of(t.State), t.UsedMs);
}

/// <summary><c>/api/v1/office/organisers</c>: who may record attendance, and with which devices. A device is stopped at <c>/api/v1/office/terminals</c> like any other.</summary>
public static class OrganisersEndpoint
{
    public static void AddOrganisers(this WebApplicationBuilder builder) => builder.Services.AddSingleton<FindOrganisers>().AddSingleton<OfficeOrganisers>();

    public static void MapOrganisers(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/organisers");
        group.MapGet("/", List);
        group.MapGet("/{id:guid}", Get);
        group.MapPut("/{id:guid}", Put);
        group.MapGet("/{id:guid}/devices", Devices);
        group.MapPost("/{id:guid}/devices", AddDevice).Produces<DeviceCodeReply>(StatusCodes.Status201Created);
    }

    private static async Task<Answer<List<OrganiserReply>>> List(HttpContext context, OfficeOrganisers organisers, CancellationToken stop) =>
        (await context.InOffice(work => organisers.List(work, stop))).Then<List<OrganiserReply>>(all => all.Select(OrganiserReply.Of).ToList());

    private static async Task<Answer<OrganiserReply>> Get(Guid id, HttpContext context, OfficeOrganisers organisers, CancellationToken stop) =>
        (await context.InOffice(work => organisers.One(work, new OrganiserId(id), stop))).Then<OrganiserReply>(o => OrganiserReply.Of(o));

    private static async Task<Answer<OrganiserReply>> Put(Guid id, OrganiserRequest request, HttpContext context, OfficeOrganisers organisers, CancellationToken stop) =>
        (await context.InOffice(work => organisers.Save(work, new OrganiserId(id), new OrganiserEntry(request.Name, request.State, request.Programmes ?? []), stop))).Then<OrganiserReply>(o => OrganiserReply.Of(o));

    private static async Task<Answer<List<DeviceReply>>> Devices(Guid id, HttpContext context, OfficeOrganisers organisers, CancellationToken stop) =>
        await context.InOffice<List<DeviceReply>>(async work =>
        {
            var organiser = await organisers.One(work, new OrganiserId(id), stop);
            return organiser.Refused is { } no ? no : (await organisers.Devices(organiser.Value, stop)).Select(DeviceReply.Of).ToList();
        });

    private static async Task<Answer<DeviceCodeReply>> AddDevice(Guid id, DeviceRequest request, HttpContext context, OfficeOrganisers organisers, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => organisers.AddDevice(work, new OrganiserId(id), (new TerminalId(request.Id), request.Label), stop))).Then<DeviceCodeReply>(t => DeviceCodeReply.Of(t)));
}
