using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Machines;

/// <param name="UsedMs">When it was last used, to the minute.</param>
/// <param name="State"><c>live</c>, <c>expired</c> or <c>revoked</c>.</param>
public sealed record KeyReply(Guid Id, Guid Machine, string Municipality, Guid? Acceptor, string Label, IReadOnlyList<string> Scopes, IReadOnlyList<string> Networks,
    long CreatedMs, long ExpiresMs, long? UsedMs, string State)
{
    public static KeyReply Of(MachineKey k) => new(k.Id, k.Machine.Value, k.Municipality.Value, k.Holder, k.Label, k.Scopes, k.Networks, k.CreatedMs, k.ExpiresMs, k.UsedMs, Words<MachineKeyState>.Of(k.State));
}

public sealed record WaitingKeyReply(Guid Id, Guid Maker, string Municipality, Guid? Acceptor, string Label, IReadOnlyList<string> Scopes, IReadOnlyList<string> Networks, int ValidDays, long MadeMs)
{
    public static WaitingKeyReply Of(WaitingMachineKey w) => new(w.Wanted.Id, w.Maker.Value, w.Wanted.Municipality.Value, w.Wanted.Holder, w.Wanted.Label ?? "", w.Wanted.Scopes, w.Wanted.Networks,
        w.Wanted.ValidDays, w.MadeMs);
}

/// <param name="Applied">False while it waits for a second person.</param>
/// <param name="Key"><c>mk_live_…</c>, once, in the answer to the approval.</param>
public sealed record KeyAskedReply(Guid Id, bool Applied, Guid Machine, string? Key, long? ExpiresMs)
{
    public static KeyAskedReply Of(MachineKeyAsked asked) => new(asked.Id, asked.Applied, asked.Machine.Value, asked.Key, asked.ExpiresMs);
}

/// <summary>Keys of machines over the API, under <c>/api/v1/office/machine-keys</c> and <c>/api/v1/operator/machine-keys</c>.</summary>
public static class KeysEndpoint
{
    public static void AddMachineKeys(this WebApplicationBuilder builder)
    {
        builder.AddMachineShell();
        builder.Services.AddSingleton<KeyRequests>()
            .AddSingleton(new StaffMenu(StaffDoor.Office, 70, "システムのかぎ", "/office/machine-keys", Role.TerminalAdmin))
            .AddSingleton(new StaffMenu(StaffDoor.Operator, 70, "システムのかぎ", "/operator/machine-keys"));
    }

    public static void MapMachineKeys(this WebApplication app)
    {
        foreach (var door in new[] { StaffDoor.Office, StaffDoor.Operator })
        {
            var group = app.MapGroup($"/api/v1{door.Home}/machine-keys");
            group.MapGet("", (HttpContext context, KeyRequests keys, CancellationToken stop) => Keys(door, context, keys, stop));
            group.MapGet("/waiting", (HttpContext context, KeyRequests keys, CancellationToken stop) => Waiting(door, context, keys, stop));
            group.MapPost("/{id:guid}/approve", (Guid id, HttpContext context, KeyRequests keys, CancellationToken stop) => Approve(door, id, context, keys, stop)).Produces<KeyAskedReply>(StatusCodes.Status201Created);
            group.MapPost("/{id:guid}/refuse", (Guid id, HttpContext context, KeyRequests keys, CancellationToken stop) => Refuse(door, id, context, keys, stop));
            group.MapPost("/{id:guid}/revoke", (Guid id, ReasonRequest request, HttpContext context, KeyRequests keys, CancellationToken stop) => Revoke((door, id), request, context, keys, stop));
        }
        app.MapPost("/api/v1/office/machine-keys", Ask);
    }

    private static async Task<Answer<KeyReply[]>> Keys(StaffDoor door, HttpContext context, KeyRequests keys, CancellationToken stop) =>
        (await context.At(door, work => keys.Keys(work, stop))).Then<KeyReply[]>(all => all.Select(KeyReply.Of).ToArray());

    private static async Task<Answer<WaitingKeyReply[]>> Waiting(StaffDoor door, HttpContext context, KeyRequests keys, CancellationToken stop) =>
        (await context.At(door, work => keys.Waiting(work, stop))).Then<WaitingKeyReply[]>(all => all.Select(WaitingKeyReply.Of).ToArray());

    private static async Task<Answer<KeyAskedReply>> Ask(WantedKey request, HttpContext context, KeyRequests keys, CancellationToken stop) =>
        (await context.InOffice(work => keys.Ask(work, request, stop))).Then<KeyAskedReply>(a => KeyAskedReply.Of(a));

    private static async Task<Answer<KeyAskedReply>> Approve(StaffDoor door, Guid id, HttpContext context, KeyRequests keys, CancellationToken stop) =>
        Answer.Created((await context.At(door, work => keys.Approve(work, id, stop))).Then<KeyAskedReply>(a => KeyAskedReply.Of(a)));

    private static async Task<Answer<bool>> Refuse(StaffDoor door, Guid id, HttpContext context, KeyRequests keys, CancellationToken stop) =>
        await context.At(door, work => keys.Refuse(work, id, stop));

    private static async Task<Answer<bool>> Revoke((StaffDoor Door, Guid Id) key, ReasonRequest request, HttpContext context, KeyRequests keys, CancellationToken stop) =>
        await context.At(key.Door, work => keys.Revoke(work, key.Id, request.Reason, stop));
}
