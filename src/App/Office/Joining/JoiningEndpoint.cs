using MyKey.App.Navi.Council;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Joining;

/// <param name="Now">What is there.</param>
/// <param name="Mend">The page that mends it.</param>
public sealed record NeedReply(string Key, string What, bool Done, string Now, string? Mend)
{
    public static NeedReply Of(JoiningNeed n) => new(n.Key, n.What, n.Done, n.Now, n.Mend);
}

/// <param name="Entry">What is said of it; null: nothing yet.</param>
/// <param name="Missing">Keys of the needs that are not met.</param>
public sealed record CapabilityNeedsReply(string Capability, CapabilityReply? Entry, IReadOnlyList<string> Missing);

public sealed record JoiningReply(IReadOnlyList<NeedReply> Needs, IReadOnlyList<CapabilityNeedsReply> Capabilities);

/// <param name="State"><c>registered</c> or <c>enrolled</c>.</param>
/// <param name="CardMs">When it last read a card, within 90 days.</param>
public sealed record OutletDeviceReply(Guid Id, string Label, string State, long? UsedMs, long? CardMs);

/// <param name="Missing">What it is not ready for, in words.</param>
public sealed record OutletReply(Guid Id, string Name, string Kind, IReadOnlyList<OutletDeviceReply> Devices, IReadOnlyList<string> Missing);

/// <summary>The checklist of an office for machines: <c>/api/v1/office/joining</c>.</summary>
public static class JoiningEndpoint
{
    public static void AddOfficeJoining(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ReadJoiningFacts>().AddSingleton<JoiningChecklist>().AddSingleton<ListOutlets>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 5, "始めるまでの準備", JoiningPage.Here));

    public static void MapOfficeJoining(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/joining");
        group.MapGet("", Get);
        group.MapGet("/outlets", Outlets);
        group.MapPost("/issue", Issue);
        group.MapPut("/{capability}", Set);
    }

    private static async Task<Answer<JoiningReply>> Get(HttpContext context, JoiningChecklist checklist, TimeProvider clock, CancellationToken stop) =>
        await context.InOffice<JoiningReply>(async work =>
        {
            var ((needs, all), today) = (await checklist.Read(work, stop), clock.Today());
            return new JoiningReply([.. needs.Select(NeedReply.Of)],
                [.. all.Select(c => new CapabilityNeedsReply(c.Kind.Code, c.Entry is null ? null : CapabilityReply.Of(c.Entry, today), [.. c.Missing.Select(n => n.Key)]))]);
        });

    private static async Task<Answer<IReadOnlyList<OutletReply>>> Outlets(HttpContext context, ListOutlets outlets, CancellationToken stop) =>
        await context.InOffice<IReadOnlyList<OutletReply>>(async work => (await outlets.Of(work, stop)).Shown.Select(o => new OutletReply(o.Id, o.Name, o.Kind,
            [.. o.Devices.Select(d => new OutletDeviceReply(d.Terminal.Id.Value, d.Terminal.Label, Words<TerminalState>.Of(d.Terminal.State), d.Terminal.UsedMs, d.CardMs))], o.Missing)).ToList());

    private static async Task<Answer<bool>> Issue(HttpContext context, JoiningChecklist checklist, CancellationToken stop) =>
        (await context.InOffice(work => checklist.Issue(work, stop))).Then<bool>(m => m.State == MunicipalityState.Live);

    private static async Task<Answer<CapabilityReply>> Set(string capability, WantedCapability request, HttpContext context, JoiningChecklist checklist, TimeProvider clock, CancellationToken stop) =>
        (await context.InOffice(work => checklist.Set(work, capability, request, stop))).Then<CapabilityReply>(c => CapabilityReply.Of(c, clock.Today()));
}
