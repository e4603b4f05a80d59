using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Sittings;

/// <param name="Id">UUID made by the caller: the same again gives a new code, not a second desk.</param>
/// <param name="Label">Where it stands; no name of a person.</param>
public sealed record SupportDeskRequest(Guid Id, string Label);

/// <param name="State"><c>registered</c>, <c>enrolled</c>, <c>revoked</c>.</param>
public sealed record SupportDeskReply(Guid Id, string Label, string State)
{
    public static SupportDeskReply Of(Terminal t) => new(t.Id.Value, t.Label, Words<TerminalState>.Of(t.State));
}

/// <param name="Code">10 characters to type at the device, once.</param>
public sealed record SupportDeskCodeReply(Guid Id, string Code, long UntilMs);

/// <summary><c>/api/v1/office/support-desks</c>: the desks. What a citizen does there has the calls of <c>/api/v1/my</c>.</summary>
public static class SittingsModule
{
    public static void AddSittings(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OfficeDesks>().AddSingleton<FindSitting>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 61, "支援窓口", OfficeDesksPage.Here, Role.TerminalAdmin));

    public static void MapSittings(this WebApplication app)
    {
        var desks = app.MapGroup("/api/v1/office/support-desks");
        desks.MapGet("", List);
        desks.MapPost("", Add).Produces<SupportDeskCodeReply>(StatusCodes.Status201Created);
    }

    private static async Task<Answer<List<SupportDeskReply>>> List(HttpContext context, OfficeDesks desks, CancellationToken stop) =>
        (await context.InOffice(work => desks.All(work, stop))).Then<List<SupportDeskReply>>(all => all.Select(SupportDeskReply.Of).ToList());

    private static async Task<Answer<SupportDeskCodeReply>> Add(SupportDeskRequest request, HttpContext context, OfficeDesks desks, CancellationToken stop) =>
        Answer.Created((await context.InOffice(work => desks.Add(work, new TerminalId(request.Id), request.Label, stop))).Then<SupportDeskCodeReply>(r => new SupportDeskCodeReply(r.Id.Value, r.Code, r.UntilMs)));
}
