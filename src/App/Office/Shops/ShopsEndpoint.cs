using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <param name="Id">UUID made by the caller: the same again answers again.</param>
/// <param name="Kind">A code of the list of kinds, e.g. <c>shop</c>.</param>
public sealed record AcceptorRequest(Guid Id, string Kind, string Name);

/// <param name="State"><c>active</c>, <c>suspended</c> or <c>closed</c>.</param>
/// <param name="Group">Of a shopping street, a UUID; left out: in none.</param>
/// <param name="Note">What it says of points beside other vouchers, up to 100 characters; left out: nothing.</param>
public sealed record AcceptorChange(string Name, string State, Guid? Group = null, string? Note = null);

/// <param name="Group">Its shopping street.</param>
/// <param name="Note">What it says of points beside other vouchers.</param>
public sealed record AcceptorReply(Guid Id, string Municipality, string Kind, string KindName, string Name, string State, Guid? Group, string? Note)
{
    public static AcceptorReply Of(Acceptor a) => new(a.Id.Value, a.Municipality.Value, a.Kind.Code, a.Kind.Name, a.Name, Words<AcceptorState>.Of(a.State), a.Group?.Value, a.Note);
}

/// <summary>A shopping street: the shops that take tickets together.</summary>
public sealed record ShopGroupReply(Guid Id, string Name)
{
    public static ShopGroupReply Of(ShopGroup g) => new(g.Id.Value, g.Name);
}

public sealed record ShopGroupRequest(string Name);

/// <param name="Id">UUID made by the caller: the same again gets a new code, not a second terminal.</param>
/// <param name="Label">Where it stands, e.g. レジ1.</param>
/// <param name="Profiles"><c>shop</c> takes points, <c>ticket_office</c> gives out tickets; left out: <c>shop</c>.</param>
public sealed record TerminalRequest(Guid Id, Guid Acceptor, string Label, IReadOnlyList<string>? Profiles = null);

/// <param name="Code">10 characters to type at the device, once.</param>
public sealed record TerminalCodeReply(Guid Id, string Code, long UntilMs)
{
    public static TerminalCodeReply Of(RegisteredTerminal t) => new(t.Id.Value, t.Code, t.UntilMs);
}

/// <param name="UsedMs">When it was last seen, to the hour.</param>
public sealed record TerminalReply(Guid Id, Guid? Acceptor, string Label, IReadOnlyList<string> Profiles, string State, long? UsedMs)
{
    public static TerminalReply Of(Terminal t) => new(t.Id.Value, t.Holder, t.Label, [.. t.Profiles.Select(TerminalProfiles.Name)], Words<TerminalState>.Of(t.State), t.UsedMs);
}

/// <summary>Shops and terminals for machines, by the rules of the pages; the session is the cookie of the office.</summary>
public static class ShopsEndpoint
{
    public static void AddOfficeShops(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OfficeShops>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 20, "お店と端末", "/office/shops", Role.TerminalAdmin));

    public static void MapOfficeShops(this WebApplication app)
    {
        var acceptors = app.MapGroup("/api/v1/office/acceptors");
        acceptors.MapGet("", List);
        acceptors.MapPost("", Register).Produces<AcceptorReply>(StatusCodes.Status201Created);
        acceptors.MapPut("/{id:guid}", Change);
        acceptors.MapGet("/{id:guid}/terminals", Terminals);
        app.MapGet("/api/v1/office/shop-groups", Groups);
        app.MapPut("/api/v1/office/shop-groups/{id:guid}", SaveGroup);
        var terminals = app.MapGroup("/api/v1/office/terminals");
        terminals.MapPost("", AddTerminal).Produces<TerminalCodeReply>(StatusCodes.Status201Created);
        terminals.MapPost("/{id:guid}/code", RenewCode);
        terminals.MapDelete("/{id:guid}", Revoke);
    }

    private static async Task<Answer<AcceptorReply[]>> List(string? search, HttpContext context, OfficeShops shops) =>
        (await context.InOffice(work => shops.List(work, search))).Then<AcceptorReply[]>(all => all.Select(AcceptorReply.Of).ToArray());

    private static async Task<Answer<AcceptorReply>> Register(AcceptorRequest request, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => shops.Register(work, new AcceptorId(request.Id), request.Kind, request.Name, stop))).Then<AcceptorReply>(a => AcceptorReply.Of(a)));

    private static async Task<Answer<AcceptorReply>> Change(Guid id, AcceptorChange request, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        (await context.InOffice(work => shops.Change(work, new AcceptorId(id), new ShopEntry(request.Name, request.State, ShopPage.Group(request.Group), request.Note), stop))).Then<AcceptorReply>(a => AcceptorReply.Of(a));

    private static async Task<Answer<ShopGroupReply[]>> Groups(HttpContext context, OfficeShops shops) =>
        (await context.InOffice(shops.Groups)).Then<ShopGroupReply[]>(all => all.Select(ShopGroupReply.Of).ToArray());

    private static async Task<Answer<ShopGroupReply>> SaveGroup(Guid id, ShopGroupRequest request, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        (await context.InOffice(work => shops.SaveGroup(work, new ShopGroupId(id), request.Name, stop))).Then<ShopGroupReply>(g => ShopGroupReply.Of(g));

    private static async Task<Answer<TerminalReply[]>> Terminals(Guid id, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        (await context.InOffice(work => shops.Terminals(work, new AcceptorId(id), stop))).Then<TerminalReply[]>(all => all.Select(TerminalReply.Of).ToArray());

    private static async Task<Answer<TerminalCodeReply>> AddTerminal(TerminalRequest request, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => shops.AddTerminal(work, new ShopTerminal(new TerminalId(request.Id), new AcceptorId(request.Acceptor), request.Label, request.Profiles ?? ["shop"]), stop)))
            .Then<TerminalCodeReply>(t => TerminalCodeReply.Of(t)));

    private static async Task<Answer<TerminalCodeReply>> RenewCode(Guid id, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        (await context.InOffice(work => shops.RenewCode(work, new TerminalId(id), stop))).Then<TerminalCodeReply>(t => TerminalCodeReply.Of(t));

    private static async Task<Answer<TerminalReply>> Revoke(Guid id, [FromBody] ReasonRequest request, HttpContext context, OfficeShops shops, CancellationToken stop) =>
        (await context.InOffice(work => shops.Revoke(work, new TerminalId(id), request.Reason, stop))).Then<TerminalReply>(t => TerminalReply.Of(t));
}
